"""Durations on the command line: `90s`, `10m`, `1h30m`, or seconds."""

from __future__ import annotations

import click


class Seconds(click.ParamType[float]):
    """A duration as Go writes it, or a number of seconds."""

    name = "DURATION"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The seconds."""
        from imagelint.documents.quantity import parse_duration

        text = str(value)
        found = parse_duration(text if text[-1:].isalpha() else f"{text}s")
        if found is None or found < 0:
            self.fail(f"{text!r} is no duration: write 90s, 10m or 1h30m", param, ctx)
        return found
