"""Ask Grype which packages of an image are vulnerable.

It looks into the image itself, or matches a bill of materials. What it would read besides
(`.grype.yaml` in four places, `GRYPE_*`) it does not see: its whole configuration is the file that
it is given. https://github.com/anchore/grype/blob/main/cmd/grype/cli/options/grype.go, database.go

Written by its sources, from 0.88 to 0.116, and tried with a stand-in that answers as they say: the
program itself was not at hand.
"""

from __future__ import annotations

import json
import os
from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.registry.layout import layout_view
from imagelint.collect.scanners.program import Program
from imagelint.collect.scanners.scanner import Asked, ProgramScanner, Question
from imagelint.collect.tools.trivy_errors import NO_SPACE, OUTDATED, REGISTRY, ErrorPattern
from imagelint.core.report import ProblemKind
from imagelint.documents.image.jsonview import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTALL = "run `brew install grype`, or see https://github.com/anchore/grype#installation"
_CONFIGURATION, _BILL, _LAYOUT = "grype.yaml", "bill.json", "layout"
_MEANINGS = (
    ErrorPattern(
        ("unable to update vulnerability database", "unable to download db", "listing file"),
        ProblemKind.UNREACHABLE,
        "its vulnerability database cannot be downloaded",
        "run `grype db update` where there is a network, or scan `--offline` with one you have",
    ),
    ErrorPattern(
        ("failed to load vulnerability db", "db could not be loaded", "vulnerability database"),
        ProblemKind.TOOL_FAILED,
        "its vulnerability database is not there, or cannot be used",
        "run `grype db update` (or `grype db import FILE`)",
    ),
    NO_SPACE,
    OUTDATED._replace(help=f"0.88 or later is needed; {INSTALL}"),
    *REGISTRY,
)


def _version(text: str) -> str:
    view = read_json(text)
    return "" if isinstance(view, str) else view["version"].text


def database_folder() -> str:
    """Where Grype keeps its database: `GRYPE_DB_CACHE_DIR`, by default below the user's cache."""
    named = environment.variable("GRYPE_DB_CACHE_DIR")
    if named:
        return os.path.abspath(named)
    return os.path.join(os.path.dirname(environment.cache_folder()), "grype", "db")


def asked(question: Question) -> Asked:
    """How Grype is asked."""
    image, bill = question.image, question.bill
    files: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...] = ()
    files = ((_CONFIGURATION, json.dumps(configuration(offline=question.offline))),)
    if bill is not None:
        target = f"sbom:{_BILL}"
        files = (*files, (_BILL, bill.text))
    elif image.layout:
        view = layout_view(image)
        target, links = f"oci-dir:{_LAYOUT}", view.links
        files = (*files, *view.files)
    else:
        target = f"registry:{image.alone}"
    return Asked(("--config", _CONFIGURATION, "--output", "json", target), files, links)


def configuration(*, offline: bool) -> Mapping[str, object]:
    """All that Grype is told. YAML has JSON in it.

    How old the database may be, the policy says; a database that is not what it says that it is
    must not be used. Nothing is left out: not what matches headers of the kernel only.
    """
    return {
        "check-for-app-update": False,
        "match-upstream-kernel-headers": True,
        "timestamp": True,
        "db": {
            "cache-dir": database_folder(),
            "auto-update": not offline,
            "validate-age": False,
            "validate-by-hash-on-start": True,
        },
    }


GRYPE = ProgramScanner(
    Program(
        "grype",
        "Grype",
        INSTALL,
        "github.com/anchore/grype",
        ("version", "--output", "json"),
        _version,
    ),
    looks=True,
    ask=asked,
    codes=MappingProxyType({0: None}),
    meanings=_MEANINGS,
)
