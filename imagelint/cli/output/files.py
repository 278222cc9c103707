"""Where reports are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from imagelint.cli.options.formats import Format


def refuse_two_to_one_place(formats: tuple[Format, ...]) -> None:
    """Let no report overwrite another.

    Raises:
        UsageError: two want the same place.
    """
    if len({entry.path for entry in formats}) < len(formats):
        raise UsageError(Diagnostic("two formats want one output", help="use --format F=FILE"))
