"""Words that their field does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.shared import UnknownValue
from imagelint.knowledge.kubernetes.enumerations import Enumeration, enumerated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.knowledge.kubernetes.enumerations import Branch

_INDEX = pattern(r"\[[0-9]+\]")
_MOST_WORDS = 8


def unknown_values(
    root: Cursor, part: str, read: Callable[[Cursor], Fact[str]]
) -> Iterator[UnknownValue]:
    """The words below a place, a part of that name, that their fields do not take, in order."""
    pending: list[tuple[Cursor, Branch]] = [(root, enumerated(part))]
    while pending:
        place, branch = pending.pop()
        if isinstance(branch, Enumeration):
            word = read(place)
            if isinstance(word, Known) and branch.refuses(word.value):
                yield _unknown(place, word.value, branch)
        else:
            pending += reversed(place.chosen(branch))


def _unknown(place: Cursor, word: str, enumeration: Enumeration) -> UnknownValue:
    keys = [key for key in _INDEX.sub("", place.path).split(".") if key]
    name = place.key if "." in place.key else ".".join(keys[-2:])
    near = enumeration.nearest(word)
    if enumeration.is_refused_prefix(word) and enumeration.takes(word):
        message = f"`{name}` has no `{word}`: it is written without `{enumeration.prefix}`"
        return UnknownValue(place.span, place.path, message, f"write `{near}`", certain=False)
    words = ", ".join(enumeration.words[:_MOST_WORDS])
    more = " …" if len(enumeration.words) > _MOST_WORDS else ""
    help_ = f"write `{near}`" if near else f"write one of {words}{more}"
    return UnknownValue(place.span, place.path, f"`{name}` cannot be `{word}`", help_)
