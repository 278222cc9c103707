"""Values on the command line: durations (`90s`, `1h30m`), and one of few words."""

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


class OneOf(click.Choice[str]):
    """One of some words; who misspells one is told which may be meant."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word that a value is."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            from imagelint.core.nearest import nearest

            near = nearest(value, self.choices)
            hint = f"{error.message.rstrip('.')}: did you mean `{near}`?"
            raise click.BadParameter(hint if near else error.message, ctx, param) from None
