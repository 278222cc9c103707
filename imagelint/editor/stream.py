"""Of a long stream of YAML documents, what has to be judged again when one of them was changed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.editor.partial import LONG, SEEN, Partial, Parts, SameParts

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_HOLDERS = 4
"""A word that so few documents hold names something: it may tie them together."""
_START = pattern(r"(?m)^---(?=\s|\Z)")
_WORD = pattern(r"[\w.-]{3,}")
_BEYOND_ONE = pattern(r"(?m)^(?:%|\.\.\.)|\{\{")
"""What may be about more than one document: a directive, an end, a template."""


def part_of(before: str, after: str) -> Partial | None:
    """What to judge of a text that was changed; None: all of it.

    That are the documents that were changed and those that share a rare word with one of them, as
    a Service shares a name with what it selects.
    """
    if len(after) < LONG or _BEYOND_ONE.search(after) or _BEYOND_ONE.search(before):
        return None
    old, new = _Stream(before), _Stream(after)
    if len(old.texts) != len(new.texts):
        return None
    changed = {at for at, text in enumerate(new.texts) if text != old.texts[at]}
    judged = _tied(new.texts, changed, (old.texts[at] for at in changed))
    kept = _tied(new.texts, judged)
    if len(kept) * 2 > len(new.texts):
        return None
    return Partial(new.blanked(kept), SameParts(old, new), tuple(new.span(at) for at in judged))


def _tied(texts: list[str], some: set[int], further: Iterable[str] = ()) -> set[int]:
    """Some of the documents, and all that share a rare word with one of them, or with others."""
    words = [frozenset(_WORD.findall(text)) for text in texts]
    holders = Counter(word for each in words for word in each)
    theirs = frozenset().union(*(words[at] for at in some), *map(_WORD.findall, further))
    names = {word for word in theirs if holders[word] <= _MOST_HOLDERS}
    return {at for at, each in enumerate(words) if at in some or each & names}


class _Stream(Parts):
    """The documents of a stream, each from its `---` to the next one."""

    def __init__(self, text: str) -> None:
        starts = [match.start() for match in _START.finditer(text)]
        super().__init__(text, starts if starts[:1] == [0] else [0, *starts])

    def blanked(self, kept: set[int]) -> str:
        """The text with only some documents left in it, where they were."""
        return "".join(
            text if at in kept else SEEN.sub(" ", text) for at, text in enumerate(self.texts)
        )
