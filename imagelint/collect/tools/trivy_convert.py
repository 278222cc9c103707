"""Let Trivy write what a scan has listed as a bill of materials.

https://trivy.dev/docs/latest/references/configuration/cli/trivy_convert/
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from imagelint.collect.process import ProcessLimits, ProcessRequest, run
from imagelint.collect.tools.trivy_errors import last_words
from imagelint.collect.tools.trivy_program import INSTALL, NAME
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import read_json

if TYPE_CHECKING:
    from imagelint.collect.deadline import Deadline
    from imagelint.core.source import Source

_SECONDS = 300.0
_LARGEST = 256 * 1024 * 1024
_REPORT = "report.json"


def bill_format(path: str) -> str:
    """Trivy's word for the format of a file by its name: SPDX, or CycloneDX."""
    name = os.path.basename(path).lower()
    return "spdx-json" if name.endswith((".spdx.json", ".spdx")) else "cyclonedx"


def bill_of(report: Source, kind: str, deadline: Deadline) -> str | Problem:
    """The packages of a scan's report as a bill of materials, without vulnerabilities."""
    listed = _without_vulnerabilities(report)
    if listed is None:
        detail = "Trivy's report cannot be read"
        return Problem(ProblemKind.UNPARSABLE, report.origin, detail)
    request = ProcessRequest(
        NAME,
        ("--config", os.devnull, "convert", "--format", kind, _REPORT),
        report.origin,
        ProcessLimits(deadline.left(_SECONDS), stdout=_LARGEST),
        INSTALL,
        files=((_REPORT, listed),),
    )
    completed = run(request)
    if isinstance(completed, Problem):
        return completed
    if completed.code or isinstance(read_json(completed.stdout), str):
        why = last_words(completed.stderr, ("FATAL", "error"))
        detail = f"Trivy did not write a bill of materials (it ended with {completed.code}): {why}"
        return Problem(ProblemKind.TOOL_FAILED, report.origin, detail)
    return completed.stdout


def _without_vulnerabilities(report: Source) -> str | None:
    try:
        value = json.loads(report.text)
        for result in value.get("Results") or ():
            result.pop("Vulnerabilities", None)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None
    return json.dumps(value)
