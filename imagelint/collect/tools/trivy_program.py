"""Which Trivy is installed, and whether it may be run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.scanners import program
from imagelint.collect.scanners.program import Program
from imagelint.documents.image.jsonview import read_json
from imagelint.documents.image.releases import ReleaseRules

if TYPE_CHECKING:
    from imagelint.core.report import Problem

NAME = "trivy"
INSTALL = (
    "run `brew install trivy`, or see https://trivy.dev/docs/latest/getting-started/installation/"
)
_ANY = ReleaseRules()


def _version(text: str) -> str:
    view = read_json(text)
    return "" if isinstance(view, str) else view["Version"].text


TRIVY = Program(
    NAME,
    "Trivy",
    INSTALL,
    "github.com/aquasecurity/trivy",
    ("--config", os.devnull, "version", "--format", "json"),
    _version,
)


def installed(origin: str, deadline: Deadline = NEVER, rules: ReleaseRules = _ANY) -> str | Problem:
    """The version of the Trivy on PATH; a problem when it is none that may be run."""
    return program.installed(TRIVY, origin, deadline, rules)


def built_from(path: str) -> str:
    """The version that Go's linker wrote into the program; empty when there is none."""
    return program.built_from(path, TRIVY.module)
