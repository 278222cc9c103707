"""Questions about the variables that the instructions of a Dockerfile use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.dockerfile.document import Dockerfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage

__all__ = ["Reference", "escape_of", "instruction_references", "nearest_name", "references_in"]
__all__ += ["sets_variables"]

# frontend/dockerfile/instructions/commands.go: what has an Expand method, but for EXPOSE, whose
# words are expanded without a word about what is not set.
_EXPANDING = frozenset(
    ("ADD", "ARG", "COPY", "ENV", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)
_FLAGS = ("chown", "chmod", "checksum", "mount")
_PIECE = {
    escape: re.compile(
        rf"(?P<escaped>{re.escape(escape)}.)|(?P<single>'[^']*')|(?P<double>\")"
        r"|\$(?:\{(?P<braced>[A-Za-z_]\w*)|(?P<bare>[A-Za-z_]\w*))",
        re.ASCII | re.DOTALL,
    )
    for escape in ("\\", "`")
}
_NAME = pattern(r"[A-Za-z_]\w*", re.ASCII)


class Reference(NamedTuple):
    """A variable that is used: where (with its dollar), and whether a default stands behind it."""

    span: Span
    name: str
    default: bool = False


def escape_of(document: Document) -> str:
    """The escape character of a Dockerfile."""
    chosen = document.directives.get("escape") if isinstance(document, Dockerfile) else None
    return "`" if chosen == "`" else "\\"


def references_in(
    text: str, start: int, escape: str = "\\", *, quotes: bool = True
) -> Iterator[Reference]:
    """The variables that a text uses, which stands at an offset.

    Single quotes keep a dollar from being one, but not within double quotes; nor anywhere where
    `quotes` mean nothing.
    """
    double = False
    at = 0
    scan = _PIECE[escape]
    while (match := scan.search(text, at)) is not None:
        at = match.end()
        if match["single"]:
            if double or not quotes:
                at = match.start() + 1
        elif match["double"]:
            double = not double
        elif name := match["braced"] or match["bare"]:
            default = bool(match["braced"]) and text[at : at + 2].strip(":")[:1] in ("-", "+", "?")
            span = Span(start + match.start(), start + at)
            yield Reference(span, name, default and text[at : at + 1] != "}")


def instruction_references(document: Document, instruction: Instruction) -> Iterator[Reference]:
    """The variables that BuildKit fills in where it runs an instruction of a stage."""
    escape = escape_of(document)
    if instruction.keyword in _EXPANDING:
        yield from _of_words(instruction, escape)
    elif instruction.keyword != "RUN":
        return
    for flag in instruction.flags:
        if flag.name in _FLAGS and "$" in flag.raw:
            yield from references_in(flag.raw, flag.span.start, escape)


def _of_words(instruction: Instruction, escape: str) -> Iterator[Reference]:
    bodies = {one.span for one in instruction.heredocs}
    for word in instruction.words:
        if "$" in word.raw and word.span not in bodies:
            yield from references_in(word.raw, word.span.start, escape)
    for body in instruction.heredocs:
        if body.expand:
            yield from references_in(body.content, body.content_span.start, quotes=False)


def sets_variables(stages: Iterable[Stage]) -> Mapping[str, int]:
    """The names that the ENV and ARG of stages set, each with where it is first set."""
    found: dict[str, int] = {}
    for stage in stages:
        for name, variables in stage.variables.items():
            found.setdefault(name, variables[0].span.start)
    return found


_FARTHEST = 2  # util/suggest/error.go of BuildKit


def nearest_name(name: str, names: Iterable[str]) -> str:
    """The name that was most likely meant, as BuildKit suggests it; empty where none is near.

    It is at most two letters away, the first of those that are nearest. Unlike BuildKit's, it
    shares at least half of its letters with the name: `B` is not meant by `A`.
    """
    best, least = "", min(_FARTHEST, len(name) // 2) + 1
    for one in names:
        if one == name or abs(len(one) - len(name)) >= least:
            continue
        distance = _distance(name, one)
        if distance < least:
            best, least = one, distance
    return best


def _distance(one: str, other: str) -> int:
    """How many letters are to be put in, left out or exchanged."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], number
        for at, second in enumerate(other, 1):
            changed = diagonal + (letter != second)
            diagonal, row[at] = row[at], min(changed, row[at] + 1, row[at - 1] + 1)
    return row[-1]
