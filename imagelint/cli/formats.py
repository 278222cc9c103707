"""The formats of reports as the command line names them."""

from __future__ import annotations

from typing import Any

import click

from imagelint.core.record import NamedTuple

FORMATS = ("text", "json", "sarif", "github", "summary", "outputs")


class Format(NamedTuple):
    """A report to write: to a file, or to standard output when `path` is empty."""

    name: str
    path: str


class FormatType(click.ParamType[Format]):
    """`NAME` or `NAME=FILE`."""

    name = "FORMAT[=FILE]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Format:
        """The format that was asked for."""
        name, _, path = str(value).partition("=")
        if name not in FORMATS:
            self.fail(f"there is no format {name!r}; there are {', '.join(FORMATS)}", param, ctx)
        return Format(name, path)
