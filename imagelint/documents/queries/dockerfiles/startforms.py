"""Questions about the form in which an image says what it starts."""

from __future__ import annotations

from shlex import split
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.queries.stages import enclosing_stage, ends_soon, shell_chosen, stages
from imagelint.documents.shell.shells import SHELLS

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage, StartCommand
    from imagelint.documents.shell.script import Command

__all__ = ["deaf_server", "final_stage", "json_form", "words_of"]

# Starts that serve nothing.
_IDLE = frozenset((*SHELLS, "true", "false", "sleep", "tail"))


# A command of which a shell changes nothing, and words that only a shell knows.
_PLAIN = pattern(r"[A-Za-z0-9_./:@%+,= \t'\"-]+")
_OF_SHELLS = frozenset(
    {".", ":", "[", "alias", "break", "case", "cd", "command", "continue", "do", "eval", "exit"}
    | {"export", "for", "function", "if", "local", "read", "return", "set", "shift", "source"}
    | {"test", "time", "trap", "ulimit", "umask", "unset", "until", "wait", "while"}
)


def json_form(start: StartCommand, document: Document, text: str) -> str:
    """The words of a start in JSON form; empty where a shell does more than to start a program.

    An ENTRYPOINT in JSON form gets the words of CMD, so that it is left alone where there are any.
    """
    stage = enclosing_stage(document, start.span)
    if stage is None or start.instruction.flags or not _PLAIN.fullmatch(text):
        return ""
    if start.instruction.keyword == "ENTRYPOINT" and stage.cmd is not None:
        return ""
    try:
        words = split(text)
    except ValueError:
        return ""
    if words[:1] == ["exec"]:
        del words[0]
    if not words or words[0] in _OF_SHELLS or "=" in words[0] or words[0].startswith("-"):
        return ""
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


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


def words_of(start: StartCommand) -> Span:
    """Where the words of a start stand."""
    words = start.instruction.words
    return Span(words[0].span.start, words[-1].span.end) if words else start.instruction.span
