"""Baseline files of the command line and of policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from imagelint.engine.baseline import Baseline


def read_file(path: str) -> Baseline:
    """The baseline of a file.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    from imagelint.collect.read import decode, read_bytes
    from imagelint.core.report import Problem
    from imagelint.engine.baseline import read_baseline

    data = read_bytes(path, path)
    if isinstance(data, Problem):
        help_ = "write one with --write-baseline"
        raise UsageError(Diagnostic(f"the baseline cannot be read: {data.detail}", path, help_))
    text = decode(data, path)
    if text.source is None:
        raise UsageError(Diagnostic(f"the baseline {text.problems[0].detail}", path))
    return read_baseline(text.source)
