"""Outputs of a step on GitHub: `name=value` lines for the file that `GITHUB_OUTPUT` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.report import Verdict
    from imagelint.reporters.context import ReportContext

_DIGEST = pattern(r"sha256:[0-9a-f]{64}")


def report(verdict: Verdict, _context: ReportContext) -> Iterator[str]:
    """The verdict, the number of findings by severity, and the digest of the gated image.

    No value is text from outside: a name, numbers, and a digest of a fixed shape.
    """
    yield f"verdict={verdict.outcome.value}\n"
    for severity in sorted(Severity, reverse=True):
        count = sum(finding.severity is severity for finding in verdict.report.findings)
        yield f"{severity}={count}\n"
    digests = (value for name, value in verdict.evidence.entries if name == "digest")
    digest = next((value for value in digests if _DIGEST.fullmatch(value)), "")
    yield f"image-digest={digest}\n"
