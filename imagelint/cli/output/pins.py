"""What is told about images that were pinned, or would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.errors import shown
from imagelint.cli.output.diffs import unified
from imagelint.cli.output.fixes import say_unexamined
from imagelint.cli.output.streams import say
from imagelint.core.report import ExitCode
from imagelint.engine.decide import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imagelint.cli.output.fixes import FixView
    from imagelint.core.report import Problem
    from imagelint.engine.pins import PinPlace
    from imagelint.run.changes.fixing import Change
    from imagelint.run.changes.pinning import FoundPlaces, Pin, PinResult

_SHORT = 19
"""Characters of a digest that tell it from others: its algorithm and twelve digits."""


def tell(
    plan: PinResult, view: FixView, changes: Iterable[Change], problems: Iterable[Problem]
) -> None:
    """Problems and what is left to standard error, what was pinned to standard output."""
    for problem in problems:
        click.echo(f"problem: {shown(problem.origin)}: {shown(problem.detail)}", err=True)
    if view.diff:
        for change in changes:
            say("".join(unified(change)))
    if view.quiet:
        return
    for pin in () if view.diff else plan.pins:
        say(f"{'pinned' if view.writes else 'not pinned'} {_line(pin)}\n")
    for place in plan.left:
        click.echo(f" note: {_place(place)}: left as it is: {place.why}", err=True)
    done = "pinned" if view.writes else "to be pinned"
    click.echo(f"{count(len(plan.pins), 'image')} {done}", err=True)


def _line(pin: Pin) -> str:
    reference = pin.place.reference
    if reference is None or not pin.digest:
        return f"{_place(pin.place)} {shown(str(reference))}"
    moved = f" → {pin.tag}" if pin.tag != reference.tag else ""
    name = str(reference._replace(digest=""))
    return f"{_place(pin.place)} {shown(name)}{shown(moved)} @{pin.digest[:_SHORT]}"


def _place(place: PinPlace) -> str:
    return shown(f"{place.origin}:{place.position.line}:{place.position.column}")


def exit_code(
    found: FoundPlaces, pins: Sequence[Pin], problems: Sequence[Problem], view: FixView
) -> int:
    """How a run ends: a check fails for an image without a digest, and where there is no file."""
    if view.check and pins:
        return ExitCode.FAIL
    if view.check and not found.documents:
        say_unexamined()
        return ExitCode.INCOMPLETE
    return ExitCode.INCOMPLETE if problems else ExitCode.PASS
