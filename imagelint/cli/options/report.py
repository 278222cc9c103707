"""Options about how the answer is shown."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.cli.options.formats import FORMATS, Format, FormatType
from imagelint.cli.options.names import SEVERITIES
from imagelint.cli.options.valuetypes import OneOf
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound="Callable[..., object]")


class ReportOptions(NamedTuple):
    """How the user wants to see the answer."""

    formats: tuple[Format, ...] = ()
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    min_severity: str = ""
    statistics: bool = False
    category: str = ""


def report_options(command: C) -> C:
    """Options about how the answer is shown: the command gets them together, as `view`."""

    @wraps(command)
    def with_view(**given: object) -> object:
        values = [given.pop(name) for name in ReportOptions._fields]
        return command(view=ReportOptions._make(values), **given)

    collected = cast("C", with_view)
    for option in (
        click.option(
            "--category",
            default="",
            metavar="NAME",
            help="How SARIF calls this analysis: it replaces an earlier one of that name.",
        ),
        click.option("--statistics", is_flag=True, help="Count the findings of each rule."),
        click.option(
            "--min-severity",
            type=OneOf(SEVERITIES),
            default=None,
            help="Show people no finding below it; it counts all the same.",
        ),
        click.option("--verbose", "-v", is_flag=True, help="Name the files that were ignored."),
        click.option("--quiet", "-q", is_flag=True, help="No progress on the terminal."),
        click.option(
            "--color",
            type=OneOf(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colours; auto obeys NO_COLOR.",
        ),
        click.option(
            "--format",
            "formats",
            type=FormatType(),
            multiple=True,
            help=f"One of {', '.join(FORMATS)}; may repeat, each with =FILE. [default: text]",
        ),
    ):
        collected = option(collected)
    return collected
