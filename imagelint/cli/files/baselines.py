"""Baseline files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.core.report import AllowanceKind

if TYPE_CHECKING:
    from imagelint.core.report import Report
    from imagelint.engine.baseline import Baseline, BaselineEntry
    from imagelint.run.session import Session


def read(path: str | None, session: Session) -> Baseline | None:
    """The baseline of a file; None when none is named.

    Raises:
        UsageError: it cannot be read.
    """
    return None if path is None else session.policies.read_baseline(path)


def write(path: str, report: Report) -> Baseline:
    """Write a baseline of all findings, those of the baseline that was read included.

    Raises:
        UsageError: it cannot be written.
    """
    from imagelint.collect.files import as_from
    from imagelint.collect.write import write_text
    from imagelint.engine.baseline import may_enter, write_baseline
    from imagelint.engine.decide import count
    from imagelint.rules.families import FAMILIES
    from imagelint.run.baselines import read_file

    known = (entry.finding for entry in report.allowed if entry.kind is AllowanceKind.BASELINE)
    findings = (*report.findings, *known)
    images = {examined.origin for examined in report.examined if examined.digest}

    def place(origin: str) -> str:
        return origin if origin in images else as_from(path, origin)

    write_text(path, [write_baseline(findings, place)])
    left = sum(not may_enter(finding) for finding in findings)
    click.echo(f"wrote {path}: {count(len(findings) - left, 'finding')}", err=True)
    if left:
        never = ", ".join(name for name, family in FAMILIES.items() if not family.in_baseline)
        omitted = count(left, "finding")
        click.echo(f" note: left out: {omitted}, never part of a baseline ({never})", err=True)
    return read_file(path)


def tell_stale(stale: tuple[BaselineEntry, ...]) -> None:
    """Say which entries of the baseline are no longer found."""
    if stale:
        first = f"{stale[0].origin} {stale[0].rule}"
        more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        click.echo(f" note: no longer found, drop from the baseline: {first}{more}", err=True)
