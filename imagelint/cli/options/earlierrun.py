"""An earlier run, by its number or by a day."""

from __future__ import annotations

from datetime import date

import click

from imagelint.core.record import NamedTuple


class Since(NamedTuple):
    """A run (0: none is named), or a day (`2026-01-31`)."""

    run: int = 0
    day: str = ""


class SinceType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`37`, or `2026-01-31`."""

    name = "run"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Since:
        """What a text names."""
        if isinstance(value, Since):
            return value
        said = str(value)
        if said.isascii() and said.isdigit() and len(said) < _LONGEST_NUMBER:
            return Since(int(said))
        try:
            return Since(day=date.fromisoformat(said).isoformat())
        except ValueError:
            self.fail(f"`{said}` is neither the number of a run nor a day (2026-01-31)", param, ctx)


_LONGEST_NUMBER = 8  # `20260131` is a day as well
