"""What is tried: something that reads one text, and what must hold of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


def _anything(_text: str, _answer: object) -> bool:
    return True


class Parser(NamedTuple):
    """Something that reads one text.

    `errors` are those that it documents, `holds` says whether an answer can be one to a text, and
    `seeds` are the texts that are mutated.
    """

    name: str
    read: Callable[[str], object]
    seeds: tuple[str, ...]
    errors: tuple[type[Exception], ...] = ()
    holds: Callable[[str, object], bool] = _anything
