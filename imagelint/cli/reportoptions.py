"""Options about how the answer is shown."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("text", "json", "sarif", "github", "summary", "outputs")
C = TypeVar("C", bound="Callable[..., object]")


class Format(NamedTuple):
    """A report to write: to a file, or to standard output when `path` is empty."""

    name: str
    path: str


class FormatType(click.ParamType[Format]):
    """`NAME` or `NAME=FILE`."""

    name = "FORMAT[=FILE]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Format:
        """The format that was asked for."""
        name, _, path = str(value).partition("=")
        if name not in FORMATS:
            self.fail(f"there is no format {name!r}; there are {', '.join(FORMATS)}", param, ctx)
        return Format(name, path)


class ReportOptions(NamedTuple):
    """How the user wants to see the answer."""

    formats: tuple[Format, ...] = ()
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False


def report_options(command: C) -> C:
    """Options about how the answer is shown: the command gets them together, as `view`."""

    @wraps(command)
    def with_view(**given: object) -> object:
        values = [given.pop(name) for name in ReportOptions._fields]
        return command(view=ReportOptions._make(values), **given)

    collected = cast("C", with_view)
    for option in (
        click.option("--verbose", "-v", is_flag=True, help="Name the files that were ignored."),
        click.option("--quiet", "-q", is_flag=True, help="No progress on the terminal."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
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
