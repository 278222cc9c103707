"""The kinds of documents as the command line names them."""

from __future__ import annotations

import click


class KindType(click.ParamType[str]):
    """The name of a kind of document, or none."""

    name = "KIND"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The kind that was said."""
        from imagelint.documents.kinds import kinds_to_say

        kinds = kinds_to_say()
        if value and value not in kinds:
            self.fail(f"there is no kind {value!r}; there are {', '.join(kinds)}", param, ctx)
        return str(value)
