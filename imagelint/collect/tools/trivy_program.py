"""Which Trivy is installed, and whether it may be run."""

from __future__ import annotations

import math
import os
from functools import cache

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.process import ProcessLimits, ProcessRequest, fingerprint, locate, run
from imagelint.core.pattern import pattern
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import read_json
from imagelint.documents.image.releases import Refusal, ReleaseRules, refused_release

NAME = "trivy"
INSTALL = (
    "run `brew install trivy`, or see https://trivy.dev/docs/latest/getting-started/installation/"
)
_VERSION = pattern(r"\d+\.\d+\.\d+(?:[-+~][0-9A-Za-z.+~-]+)?")
_BUILT_FROM = pattern(rb"mod\tgithub\.com/aquasecurity/trivy\tv([0-9][0-9A-Za-z.+-]{0,60})")
_VERSION_SECONDS = 60.0
_ANY = ReleaseRules()


def installed(origin: str, deadline: Deadline = NEVER, rules: ReleaseRules = _ANY) -> str | Problem:
    """The version of the Trivy on PATH; a problem when it is none that may be run.

    What the file says about itself, and what it is, is looked at before it is run for the first
    time.
    """
    path = locate(NAME, origin, INSTALL)
    if isinstance(path, Problem):
        return path
    built = built_from(path)
    unknown = _of_unknown_content(path, rules) or refused_release(NAME, built, rules)
    if unknown is not None:
        return _refused(unknown, built, path, origin)
    said = _said_version(path, math.ceil(deadline.left(_VERSION_SECONDS)))
    if isinstance(said, Problem):
        return said._replace(origin=origin)
    refusal = refused_release(NAME, said, rules)
    if refusal is not None:
        return _refused(refusal, said, path, origin)
    if _VERSION.fullmatch(built) and built.partition("-")[0] != said.partition("-")[0]:
        detail = f"`{path}` says that it is {said}, but was built from {built}"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail, help=INSTALL)
    return said


def built_from(path: str) -> str:
    """The version that Go's linker wrote into the program; empty when there is none."""
    import mmap

    try:
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            found = _BUILT_FROM.search(data)
            return found[1].decode("ascii") if found else ""
    except (OSError, ValueError):  # ValueError: an empty file
        return ""


@cache
def _said_version(path: str, seconds: int) -> str | Problem:
    request = ProcessRequest(
        path,
        ("--config", os.devnull, "version", "--format", "json"),
        path,
        ProcessLimits(seconds),
        INSTALL,
    )
    completed = run(request)
    if isinstance(completed, Problem):
        return completed
    view = read_json(completed.stdout)
    said = "" if isinstance(view, str) else view["Version"].text
    if completed.code or not _VERSION.fullmatch(said):
        detail = f"`{path}` does not say which version of Trivy it is"
        return Problem(ProblemKind.TOOL_FAILED, path, detail, help=INSTALL)
    return said


def _of_unknown_content(path: str, rules: ReleaseRules) -> Refusal | None:
    """Why a program is not run whose content the policy does not know."""
    digest = fingerprint(path).rpartition("sha256:")[2]
    if not rules.sha256 or digest in rules.sha256:
        return None
    why = f"no program that the policy knows: its digest is sha256:{digest}"
    return Refusal(why, "install the one that the policy names, or add its digest there")


def _refused(refusal: Refusal, version: str, path: str, origin: str) -> Problem:
    detail = f"`{path}` is Trivy {version or 'of no known version'}, {refusal.why}: not run"
    help_ = f"{refusal.help}; {INSTALL}"
    return Problem(ProblemKind.TOOL_FAILED, origin, detail, help_)
