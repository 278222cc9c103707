"""Questions about the form in which an image says what it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.queries.stages import ends_soon, shell_chosen, stages
from imagelint.documents.shell.shells import SHELLS

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage, StartCommand
    from imagelint.documents.shell.script import Command

__all__ = ["deaf_server", "final_stage"]

# Starts that serve nothing.
_IDLE = frozenset((*SHELLS, "true", "false", "sleep", "tail"))


def final_stage(document: Document) -> Stage | None:
    """The stage that is built by default."""
    return next((stage for stage in stages(document) if stage.final), None)


def deaf_server(document: Document, start: StartCommand) -> Command | None:
    """What runs below a shell that passes no signal on, where it is more than a step that ends."""
    stage = final_stage(document)
    if start.json or not start.final or stage is None or shell_chosen(document, stage):
        return None
    script = start.script
    if script is None or not script.readable or not script.commands:
        return None
    last = script.commands[-1]
    if not last.words or "exec" in last.wrappers or last.program in _IDLE or ends_soon(script):
        return None
    return last
