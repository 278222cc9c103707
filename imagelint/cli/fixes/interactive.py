"""Which fixes are made: the safe ones, all, or those that the user says yes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.output.diffs import unified
from imagelint.cli.output.fixes import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imagelint.core.finding import Finding
    from imagelint.run.changes.fixing import Change


def accepting(*, unsafe: bool) -> Callable[[Finding, Iterable[Change]], bool]:
    """Says yes to safe fixes, or to all."""
    return lambda finding, _changes: finding.fix is not None and (unsafe or finding.fix.safe)


class Asking:
    """Asks about each fix once; `a` and `q` answer all that come."""

    def __init__(self, *, unsafe: bool) -> None:
        self._may = accepting(unsafe=unsafe)
        self._answers: dict[tuple[str, str, str], bool] = {}
        self._always: bool | None = None

    def __call__(self, finding: Finding, changes: Iterable[Change]) -> bool:
        """What the user says, who sees the finding and what would change."""
        if self._always is not None or not self._may(finding, changes):
            return bool(self._always) and self._may(finding, changes)
        key = (finding.rule, finding.subject, finding.message)
        if key not in self._answers:
            self._answers[key] = self._ask(finding, changes)
        return self._answers[key]

    def _ask(self, finding: Finding, changes: Iterable[Change]) -> bool:
        click.echo(line(finding), err=True)
        for change in changes:
            click.echo("".join(unified(change, 1)), err=True, nl=False)
        word = click.prompt(
            "mend it? (y)es, (n)o, (a)ll, (q)uit",
            type=click.Choice(("y", "n", "a", "q")),
            show_choices=False,
            err=True,
        )
        if word in "aq":
            self._always = word == "a"
        return word in "ya"
