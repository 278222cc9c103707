"""Questions about the scripts that a Dockerfile runs while it builds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.queries.stages import stages
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = [
    "flag_word",
    "letters",
    "one_by_one",
    "operands_of",
    "own_scripts",
    "run_scripts",
    "scripts_by_step",
    "written_word",
]


def run_scripts(stage: Stage) -> Iterator[Script]:
    """The scripts of a stage's RUN instructions, those of ONBUILD included, that can be read."""
    return (one for one in stage.scripts if one.role is ScriptRole.RUN and one.readable)


def own_scripts(stage: Stage) -> Iterator[Script]:
    """The same without those of ONBUILD, which run in other builds."""
    for script in run_scripts(stage):
        instruction = stage.instruction_at(script.span.start)
        if instruction is None or instruction.keyword != "ONBUILD":
            yield script


def scripts_by_step(document: Document) -> dict[int, tuple[Script, ...]]:
    """The same of all stages, by where each step begins that runs them, for `Document.derived`."""
    found: dict[int, tuple[Script, ...]] = {}
    for stage in stages(document):
        for script in own_scripts(stage):
            step = stage.instruction_at(script.span.start)
            if step is not None:
                found[step.span.start] = (*found.get(step.span.start, ()), script)
    return found


def written_word(document: Document, command: Command, word: str) -> Span:
    """Where a word stands in a command, such as one that was taken away from it: `sudo`."""
    at = document.written(command.span).find(word)
    if at < 0:
        return command.words[0].span if command.words else command.span
    start = command.span.start + at
    return Span(start, start + len(word))


def letters(word: Word, valued: str = "") -> str:
    """The letters of a cluster of short options, up to one that takes the rest as its value.

    Empty for words that are none, and for long options.
    """
    text = word.text
    if len(text) < 2 or text[0] != "-" or text[1] == "-":  # noqa: PLR2004 - a dash alone is none
        return ""
    end = next((at for at, one in enumerate(text[1:], 2) if one in valued), len(text))
    return text[1:end]


def flag_word(command: Command, *names: str) -> Word | None:
    """The word of an option with its value: the one behind it, or itself in `--name=value`.

    A short one may be the last letter of a cluster (`useradd -mu 1000`).
    """
    short = tuple(name[1] for name in names if not name.startswith("--"))
    for at, word in enumerate(command.arguments):
        name, equals, _ = word.text.partition("=")
        cluster = letters(word)
        if name in names or (cluster.isalpha() and cluster.endswith(short)):
            if equals:
                return word
            return command.arguments[at + 1] if at + 1 < len(command.arguments) else None
    return None


def operands_of(command: Command) -> tuple[Word, ...]:
    """The words behind a program that are no options."""
    return tuple(word for word in command.arguments if not word.text.startswith("-"))


# What does not fail, or of which nobody minds.
_HARMLESS = frozenset(
    {"set", "export", "unset", "echo", "printf", "true", ":", "umask", "shopt", "trap", ""}
)


def one_by_one(script: Script) -> Iterator[Command]:
    """The commands of a script behind which it goes on whether they fail or not."""
    base = script.span.start
    outer = [command for command in script.commands if not command.nested]
    for command, following in pairwise(outer):
        if not command.unconditional or command.program in _HARMLESS:
            continue
        gap = script.text[command.span.end - base : following.span.start - base]
        if ("\n" in gap.replace("\\\n", "") or ";" in gap) and "&&" not in gap and "|" not in gap:
            yield command


def stops_at_failure(command: Command) -> bool:
    """Whether a command is `set -e`, in any of its forms."""
    if command.program != "set":
        return False
    return any(
        "e" in letters(word) or (isinstance(word.value, Known) and word.text == "errexit")
        for word in command.arguments
    )
