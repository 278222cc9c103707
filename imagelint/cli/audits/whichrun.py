"""Which run of a store, and beside which earlier one."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.cli.options.earlierrun import Since, SinceType
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound="Callable[..., object]")


class WhichRun(NamedTuple):
    """A run (0: the newest), the one it is compared with, and from how many days on one is old."""

    number: int
    since: Since
    stale_days: int


def which_run(command: C) -> C:
    """Which run is meant: the command gets it as `which`."""

    @wraps(command)
    def with_run(**given: object) -> object:
        names = "number", "since", "stale_days"
        return command(which=WhichRun(*(given.pop(name) for name in names)), **given)  # type: ignore[arg-type]

    collected = cast("C", with_run)
    for option in reversed(_OPTIONS):
        collected = option(collected)
    return collected


_OPTIONS = (
    click.option("--run", "number", type=int, default=0, help="Which run. [default: the newest]"),
    click.option(
        "--since",
        type=SinceType(),
        default="0",
        metavar="RUN|DATE",
        help="Changes since which run, or the last up to a day. [default: the one before]",
    ),
    click.option(
        "--stale-days",
        type=click.IntRange(0),
        default=30,
        show_default=True,
        help="Name references whose last audit is older.",
    ),
)
