"""Commands that are one word, where each item of a list is a word of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.core.pattern import pattern
from imagelint.documents.shared import JoinedCommand
from imagelint.knowledge.site.mirrors import original

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.shared import ImageUse
    from imagelint.documents.shell.script import Word
    from imagelint.documents.yaml.cursor import Cursor

# A name that is looked for in PATH, or the path of a program. Folders may have blanks in their
# names, so a path counts where it lies among the system's programs or is called like a script.
_BEGINS = pattern(
    r"\s*(?:(?P<name>\w[\w.+-]*)"
    r"|(?P<path>(?:/usr(?:/local)?)?/s?bin/[\w.+-]+|\.{0,2}/[\w./+-]*\.(?:sh|py)))\s+(?=\S)"
)


def first_program(text: str) -> str:
    """The program with which a text of several words begins; empty where it is another text."""
    found = _BEGINS.match(text)
    return (found["name"] or found["path"]) if found is not None else ""


def joined_word(words: tuple[Word, ...]) -> Iterator[JoinedCommand]:
    """The first of some words, where it is a whole command."""
    program = first_program(words[0].text.strip("\"'")) if words else ""
    if program:
        yield JoinedCommand(words[0].span, program)


def joined_item(place: Cursor) -> Iterator[JoinedCommand]:
    """The first item of a list, where it is a whole command."""
    from imagelint.documents.yaml.nodes import Scalar

    item = place[0]
    if not isinstance(item.node, Scalar):
        return
    program = first_program(value_or(item.text(), item.node.text))
    if program:
        yield JoinedCommand(item.span, program, item.path)


def is_official(use: ImageUse | None) -> bool:
    """Whether an image is one of Docker's official ones, which run what they are told.

    They have no entry point, or one that ends in `exec "$@"`:
    https://github.com/docker-library/official-images#consistency
    """
    image = use.known if use is not None else None
    if image is None:
        return False
    found = original(image)
    return found.registry == "docker.io" and found.repository.startswith("library/")
