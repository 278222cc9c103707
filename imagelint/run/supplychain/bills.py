"""Write what a scan has listed as a bill of materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.tools.trivy_convert import bill_format, bill_of
from imagelint.collect.write import write_text
from imagelint.core.report import Problem

if TYPE_CHECKING:
    from imagelint.collect.deadline import Deadline
    from imagelint.core.source import Source


def write_bill(path: str, report: Source, deadline: Deadline) -> Problem | None:
    """Write it, as CycloneDX or as SPDX by the file's name; the problem when it cannot be made.

    Raises:
        UsageError: the file cannot be written.
    """
    made = bill_of(report, bill_format(path), deadline)
    if isinstance(made, Problem):
        return made
    write_text(path, (made,))
    return None
