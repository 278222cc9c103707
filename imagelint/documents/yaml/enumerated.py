"""Words that their field does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    """The words below a place, a part of that name, that their fields do not take, in order.

    The words of one list that are only written with a prefix too many are one mistake, which
    stands at the first of them.
    """
    found: dict[tuple[object, ...], list[_Word]] = {}
    pending: list[tuple[Cursor, Branch]] = [(root, enumerated(part))]
    while pending:
        place, branch = pending.pop()
        if isinstance(branch, Enumeration):
            word = read(place)
            if isinstance(word, Known) and branch.refuses(word.value):
                prefixed = branch.is_refused_prefix(word.value) and branch.takes(word.value)
                field = (place.path.rpartition("[")[0],) if prefixed else (place.path, place.span)
                found.setdefault(field, []).append(_Word(place, word.value, branch, prefixed))
        else:
            pending += reversed(place.chosen(branch))
    yield from map(_unknown, found.values())


class _Word(NamedTuple):
    """A word that its field does not take; `prefixed` when it would without its prefix."""

    place: Cursor
    text: str
    enumeration: Enumeration
    prefixed: bool


def _unknown(words: list[_Word]) -> UnknownValue:
    place, word, enumeration, prefixed = words[0]
    keys = [key for key in _INDEX.sub("", place.path).split(".") if key]
    name = place.key if "." in place.key else ".".join(keys[-2:])
    near = enumeration.nearest(word)
    if prefixed:
        return _prefixed(name, words)
    options = ", ".join(enumeration.words[:_MOST_WORDS])
    more = " …" if len(enumeration.words) > _MOST_WORDS else ""
    help_ = f"write `{near}`" if near else f"write one of {options}{more}"
    return UnknownValue(place.span, place.path, f"`{name}` cannot be `{word}`", help_)


def _prefixed(name: str, words: list[_Word]) -> UnknownValue:
    first = words[0]
    texts = list(dict.fromkeys(each.text for each in words))
    listed = ", ".join(f"`{text}`" for text in texts[:_MOST_WORDS])
    more = len(texts) - _MOST_WORDS
    those = f"{listed} and {more} more" if more > 0 else listed
    are = "it is" if len(texts) == 1 else "they are"
    prefix = first.enumeration.prefix
    near = ", ".join(f"`{first.enumeration.nearest(text)}`" for text in texts[:_MOST_WORDS])
    return UnknownValue(
        first.place.span,
        first.place.path,
        f"`{name}` has no {those}: {are} written without `{prefix}`",
        f"write {near}" + (", and so on" if more > 0 else ""),
        certain=False,
    )
