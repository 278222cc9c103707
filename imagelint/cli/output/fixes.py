"""What is told about fixes that were made, or would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.errors import shown
from imagelint.cli.output.diffs import unified
from imagelint.cli.output.streams import say
from imagelint.core.record import NamedTuple
from imagelint.engine.decide import count
from imagelint.engine.fix import fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding
    from imagelint.run.changes.fixing import FixResult


class FixView(NamedTuple):
    """What is shown, and whether anything is written."""

    diff: bool = False
    check: bool = False
    quiet: bool = False

    @property
    def writes(self) -> bool:
        """Whether files are changed."""
        return not self.diff and not self.check


def line(finding: Finding) -> str:
    """The place of a finding, its rule, and what its fix does."""
    at, fix_ = finding.location, finding.fix
    place = f"{at.origin}:{at.start.line}:{at.start.column}"
    return f"{shown(place)} {finding.rule}: {shown(fix_.title if fix_ else finding.message)}"


def say_unexamined() -> None:
    """That there was nothing to check: a check of nothing is not passed."""
    click.echo("incomplete: no file was examined", err=True)


def tell(result: FixResult, view: FixView) -> None:
    """Problems to standard error, and what was mended to standard output."""
    for problem in (*result.report.problems, *result.problems):
        click.echo(f"problem: {shown(problem.origin)}: {shown(problem.detail)}", err=True)
    for text in _diff(result) if view.diff else ():
        say(text)
    if view.quiet:
        return
    for finding in () if view.diff else result.fixed:
        say(f"{'fixed' if view.writes else 'would fix'} {line(finding)}\n")
    done = "mended" if view.writes else "would be mended"
    files = count(len(result.changes), "file")
    click.echo(f"{count(len(result.fixed), 'finding')} {done} in {files}", err=True)
    left = [each for each in fixable(result.report.findings) if each.fix and not each.fix.safe]
    if left:
        hint = "see them with `imagelint fix --unsafe --diff`"
        click.echo(f" note: {len(left)} more may change behaviour: {hint}", err=True)


def _diff(result: FixResult) -> Iterator[str]:
    for change in result.changes:
        yield from unified(change)
