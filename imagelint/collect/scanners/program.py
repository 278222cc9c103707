"""Which program of a scanner is installed, and whether it may be run."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.filestate import KeptByFile
from imagelint.collect.process import ProcessLimits, ProcessRequest, fingerprint, locate, run
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.releases import Refusal, ReleaseRules, refused_release

if TYPE_CHECKING:
    from collections.abc import Callable

_VERSION = pattern(r"\d+\.\d+\.\d+(?:[-+~][0-9A-Za-z.+~-]+)?")
VERSION_SECONDS = 60.0
_ANY = ReleaseRules()
_BUILT = KeptByFile[str]()
_SAID = KeptByFile["str | Problem"]()


class Program(NamedTuple):
    """A scanner's program: what it is called on PATH and by people, and how it is known.

    `module` is the module of Go that it is built from, `arguments` make it say its version, which
    `version` finds in what it prints, or nothing.
    """

    name: str
    title: str
    install: str
    module: str
    arguments: tuple[str, ...]
    version: Callable[[str], str]


def installed(
    program: Program, origin: str, deadline: Deadline = NEVER, rules: ReleaseRules = _ANY
) -> str | Problem:
    """The version of the program on PATH; a problem when it is none that may be run.

    What the file says about itself, and what it is, is looked at before it is run for the first
    time.
    """
    path = locate(program.name, origin, program.install)
    if isinstance(path, Problem):
        return path
    built = built_from(path, program.module)
    unknown = _of_unknown_content(path, rules) or refused_release(program.name, built, rules)
    if unknown is not None:
        return _refused(program, unknown, built, path)._replace(origin=origin)
    said = _said_version(program, path, deadline)
    if isinstance(said, Problem):
        return said._replace(origin=origin)
    refusal = refused_release(program.name, said, rules)
    if refusal is not None:
        return _refused(program, refusal, said, path)._replace(origin=origin)
    if _VERSION.fullmatch(built) and built.partition("-")[0] != said.partition("-")[0]:
        detail = f"`{path}` says that it is {said}, but was built from {built}"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail, help=program.install)
    return said


def built_from(path: str, module: str) -> str:
    """The version that Go's linker wrote into the program; empty when there is none."""
    return _BUILT.of(path, lambda: _built_from(path, module), module)


def _built_from(path: str, module: str) -> str:
    import mmap

    stated = rb"mod\t" + re.escape(module.encode()) + rb"\tv([0-9][0-9A-Za-z.+-]{0,60})"
    try:
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            found = re.search(stated, data)
            return found[1].decode("ascii") if found else ""
    except (OSError, ValueError):  # ValueError: an empty file
        return ""


def _said_version(program: Program, path: str, deadline: Deadline) -> str | Problem:
    """What the program says; why it said nothing may be another reason the next time."""

    def ask() -> str | Problem:
        return _asked_version(program, path, math.ceil(deadline.left(VERSION_SECONDS)))

    return _SAID.of(path, ask, program.name, lambda said: isinstance(said, str))


def _asked_version(program: Program, path: str, seconds: int) -> str | Problem:
    request = ProcessRequest(path, program.arguments, path, ProcessLimits(seconds), program.install)
    completed = run(request)
    if isinstance(completed, Problem):
        return completed
    said = program.version(completed.stdout or completed.stderr)
    if completed.code or not _VERSION.fullmatch(said):
        detail = f"`{path}` does not say which version of {program.title} it is"
        return Problem(ProblemKind.TOOL_FAILED, path, detail, help=program.install)
    return said


def _of_unknown_content(path: str, rules: ReleaseRules) -> Refusal | None:
    """Why a program is not run whose content the policy does not know."""
    digest = fingerprint(path).rpartition("sha256:")[2]
    if not rules.sha256 or digest in rules.sha256:
        return None
    why = f"no program that the policy knows: its digest is sha256:{digest}"
    return Refusal(why, "install the one that the policy names, or add its digest there")


def _refused(program: Program, refusal: Refusal, version: str, path: str) -> Problem:
    told = f"{program.title} {version or 'of no known version'}"
    detail = f"`{path}` is {told}, {refusal.why}: not run"
    return Problem(ProblemKind.TOOL_FAILED, path, detail, f"{refusal.help}; {program.install}")
