"""Where reports are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from imagelint.cli.options.formats import Format
    from imagelint.core.report import Verdict


def refuse_places(formats: tuple[Format, ...], verdict: Verdict | None = None) -> None:
    """Let no report overwrite another, nor what it is about.

    Raises:
        UsageError: two want the same place, or one that of an input.
    """
    if len({entry.path for entry in formats}) < len(formats):
        raise UsageError(Diagnostic("two formats want one output", help="use --format F=FILE"))
    places = [entry.path for entry in formats if entry.path]
    if places:
        from imagelint.cli.files.inputs import refuse_inputs

        refuse_inputs(places, verdict)
