"""Fields that take one of a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.schema import EnumeratedFields

_LIKENESS = 0.7
# What something will be put in the place of: `<policy>`, `$POLICY`, `@@policy@@`, `PULL_POLICY`.
_PLACEHOLDER = pattern(r".*[$<>{}@%#].*|[A-Z0-9]*_[A-Z0-9_]*")
_FILLED = pattern(r".*[$<>{}@%#].*")


class Enumeration(NamedTuple):
    """The words that a field takes; `word*` is every word that begins so.

    Where there is a `separator`, several words may stand with it between and behind them.
    With `any_case` capitals count as small letters. `prefix` may stand in front of a word, though
    where it is not `prefix_taken` some refuse that, or pass over it.
    """

    words: tuple[str, ...]
    any_case: bool = False
    prefix: str = ""
    prefix_taken: bool = True
    separator: str = ""

    def takes(self, word: str) -> bool:
        """Whether a field takes a word, with or without its prefix."""
        same = self._same(word)
        return any(
            same == one or (one.endswith("*") and same.startswith(one[:-1])) for one in self.words
        )

    def refuses(self, word: str) -> bool:
        """Whether a word is none that a field takes, and stands for none either."""
        if self.separator and self.separator in word:
            return any(map(self.refuses, word.split(self.separator)))
        if not word:
            return False
        if self.takes(word):
            return self.is_refused_prefix(word)
        return not (_FILLED if self.any_case else _PLACEHOLDER).fullmatch(word)

    def is_refused_prefix(self, word: str) -> bool:
        """Whether a word is one of the field's but for a prefix that not everybody takes."""
        return not self.prefix_taken and self._same(word) != self._cased(word)

    def nearest(self, word: str) -> str:
        """The word that somebody who wrote another one may have meant; empty when none is near."""
        if self.separator and self.separator in word:
            return ""
        low = self._same(word).lower()
        by_low = {one.lower(): one for one in self.words}
        if low in by_low:
            return by_low[low]
        from difflib import get_close_matches

        return by_low.get(next(iter(get_close_matches(low, by_low, 1, _LIKENESS)), ""), "")

    def _cased(self, word: str) -> str:
        return word.upper() if self.any_case else word

    def _same(self, word: str) -> str:
        return self._cased(word).removeprefix(self.prefix)


Branch: TypeAlias = Union[Enumeration, dict[str, "Branch"]]  # noqa: UP007 - names itself at run time
"""The enumeration of a field, or by key what is below a place; `*` is every key and every item."""


@looked_up
def enumerated(part: str) -> Branch:
    """The fields of a kind of object, or of a part of one, that take one of a few words."""
    root: dict[str, Branch] = {}
    for row in table("enumerations")["parts"]:
        if row["inside"] == part:
            for path in row["paths"]:
                _insert(root, path, enumerated(row["part"]))
    for fields in table("enumerations")["fields"]:
        if fields["of"] == part:
            for path in fields["paths"]:
                _insert(root, path, _enumeration(fields))
    return root


def enumeration(part: str, *keys: str) -> Enumeration:
    """The words of one field.

    Raises:
        KeyError: there is none of that name.
    """
    place = enumerated(part)
    for key in keys:
        place = place[key] if isinstance(place, dict) else {}
    if isinstance(place, Enumeration):
        return place
    raise KeyError(*keys)


def _enumeration(row: EnumeratedFields) -> Enumeration:
    words = row["words"] if "words" in row else table("enumerations")["names"][row["names"]]
    return Enumeration(
        tuple(words),
        row.get("any-case", False),
        row.get("prefix", ""),
        row.get("prefix-taken", True),
        row.get("separator", ""),
    )


def _insert(root: dict[str, Branch], path: str, branch: Branch) -> None:
    path, _, dotted = path.removesuffix("]").partition("[")
    *above, last = (*path.split("."), dotted) if dotted else path.split(".")
    place = root
    for key in above:
        inner = place.setdefault(key, {})
        if isinstance(inner, dict):
            place = inner
    known = place.get(last)
    if isinstance(known, dict) and isinstance(branch, dict):
        known.update(branch)
    else:
        place[last] = branch
