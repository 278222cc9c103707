"""Baseline files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Complaint, UsageError
from imagelint.core.report import Permit

if TYPE_CHECKING:
    from imagelint.core.report import Report
    from imagelint.engine.baseline import Baseline


def read(path: str | None) -> Baseline | None:
    """The baseline of a file; None when none is named.

    Raises:
        UsageError: it cannot be read.
    """
    if path is None:
        return None
    from imagelint.collect.read import decode, read_bytes
    from imagelint.core.report import Problem
    from imagelint.engine.baseline import read_baseline

    data = read_bytes(path, path)
    if isinstance(data, Problem):
        help_ = "write one with --write-baseline"
        raise UsageError(Complaint(f"the baseline cannot be read: {data.detail}", path, help_))
    text = decode(data, path)
    if text.source is None:
        raise UsageError(Complaint(f"the baseline {text.problems[0].detail}", path))
    return read_baseline(text.source)


def write(path: str, report: Report) -> None:
    """Write a baseline of all findings, those of the baseline that was read included.

    Raises:
        UsageError: it cannot be written.
    """
    from imagelint.collect.write import write_text
    from imagelint.engine.baseline import write_baseline

    known = (entry.finding for entry in report.allowed if entry.permit is Permit.BASELINE)
    write_text(path, [write_baseline((*report.findings, *known))])
