"""What the languages of nginx and Caddy have in common: directives with words and blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.template import BRACES, template_error

if TYPE_CHECKING:
    from collections.abc import Iterable

DEEPEST = 30
"""How deeply blocks may be nested: people write a handful."""


class DirectiveError(Exception):
    """A text is no configuration of a proxy: why, and where."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def refusal(program: str, text: str, error: DirectiveError) -> DocumentError:
    """Why a text cannot be examined, at the place in it: it is wrong, or something fills it in."""
    if BRACES.search(text):
        return template_error(text)
    at = Span(error.at, error.at)
    return DocumentError(ProblemKind.UNPARSABLE, f"{program} cannot read this: {error.message}", at)


class DirectiveWord(NamedTuple):
    """A word of a directive without its quotes, and where it stands with them."""

    text: str
    span: Span


class Directive(NamedTuple):
    """A directive with its arguments, and the directives in its block; None where it has none."""

    name: DirectiveWord
    arguments: tuple[DirectiveWord, ...]
    block: tuple[Directive, ...] | None

    def first(self) -> DirectiveWord:
        """The first argument; the name where there is none."""
        return self.arguments[0] if self.arguments else self.name


class OpenBlocks:
    """The blocks that are open where a text is being read, and what stands in each."""

    def __init__(self) -> None:
        self._heads: list[tuple[DirectiveWord, tuple[DirectiveWord, ...]]] = []
        self._blocks: list[list[Directive]] = [[]]

    @property
    def depth(self) -> int:
        """How many are open."""
        return len(self._heads)

    def add(self, words: Iterable[DirectiveWord]) -> None:
        """Add a directive without a block."""
        name, *arguments = words
        self._blocks[-1].append(Directive(name, tuple(arguments), None))

    def open(self, words: Iterable[DirectiveWord], at: int) -> None:
        """Begin the block of a directive.

        Raises:
            DirectiveError: it is nested too deeply.
        """
        if self.depth == DEEPEST:
            raise DirectiveError("blocks are nested too deeply", at)
        name, *arguments = words
        self._heads.append((name, tuple(arguments)))
        self._blocks.append([])

    def close(self) -> None:
        """End the innermost block."""
        (name, arguments), block = self._heads.pop(), self._blocks.pop()
        self._blocks[-1].append(Directive(name, arguments, tuple(block)))

    def whole(self) -> tuple[Directive, ...]:
        """What stands outside of all blocks, in order."""
        return tuple(self._blocks[0])
