"""Of a Dockerfile with many stages, what has to be judged again when one of them was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.dockerfile.syntax.source import read_layout
from imagelint.editor.partial import LONG, SEEN, Partial, Parts, SameParts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEFT = frozenset(("FROM", "ENV", "ARG"))
_NAMED = 4
"""The words of `FROM image AS name`."""
_COPIED = pattern(r"(?i)\bfrom=[\"']?([^\s,\"']+)")
_WORD = pattern(r"[\w.-]+")
_VALUE = pattern(r"[^\s=\"']+")
_VARIABLE = pattern(r"\$\{[^}]*\}|\$\w+")
_ABOUT_ALL = pattern(r"#.*(?:\bin\s+file\b|\bglobal\s+ignore\b|:skip=)")
"""A comment that allows something in the whole file, wherever it stands."""


def part_of(before: str, after: str) -> Partial | None:
    """What to judge of a text that was changed; None: all of it.

    That are the stages that were changed, and all that they stand upon or copy from, or that stand
    upon or copy from one of those. Of the others what names them is left, and what sets variables.
    """
    if len(after) < LONG or _ABOUT_ALL.search(after) or _ABOUT_ALL.search(before):
        return None
    old, new = _Stages(before), _Stages(after)
    if len(old.texts) != len(new.texts) or old.texts[0] != new.texts[0]:
        return None
    changed = {at for at, text in enumerate(new.texts) if text != old.texts[at]}
    judged = _reached(changed, (*old.ties(), *new.ties()))
    if len(judged) * 2 > len(new.texts):
        return None
    return Partial(
        new.blanked(judged), SameParts(old, new), tuple(new.span(at) for at in sorted(judged))
    )


def _reached(some: set[int], ties: Iterable[tuple[int, int]]) -> set[int]:
    """Some of the stages, and all that are tied to one of them, or to others."""
    beside: dict[int, list[int]] = {}
    for one, other in ties:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    reached, ahead = set(some), list(some)
    while ahead:
        fresh = set(beside.get(ahead.pop(), ())) - reached
        reached |= fresh
        ahead += fresh
    return reached


class _Stages(Parts):
    """The stages of a text, each from the comments above its FROM to those above the next one.

    The first part is what stands before all stages, at least the parser directives.
    """

    def __init__(self, text: str) -> None:
        layout = read_layout(text)
        starts, behind = [0], max((one.span.end for one in layout.directives), default=0)
        self._names = [""]
        self._asked: list[set[str]] = [set()]
        self._left: list[list[Span]] = [[]]
        for line in layout.lines:
            if line.keyword == "FROM":
                words = line.text.lower().split()
                named = len(words) >= _NAMED and words[-2] == "as"
                self._names.append(words.pop() if named else "")
                self._asked.append(set(words[1:]))
                self._left.append([])
                starts.append(behind)
            if line.keyword in _LEFT:
                self._left[-1].append(Span(line.offsets[0], line.end))
            behind = line.end
        super().__init__(text, starts)

    def ties(self) -> Iterator[tuple[int, int]]:
        """Which stages stand upon which, or copy from them: by name, or by number."""
        known = {str(at - 1): [at] for at in range(1, len(self.texts))}
        for at, name in enumerate(self._names):
            known.setdefault(name, []).append(at)
        head = self.texts[0].lower()
        given = _WORD.findall(head)
        made = {name for value in _VALUE.findall(head) for name in _made(value, known)}
        for at, text in enumerate(self.texts):
            asked = {*self._asked[at], *map(str.lower, _COPIED.findall(text))}
            unclear = [word for word in asked if "$" in word]
            if unclear:
                asked.update(given, made, *(_made(word, known) for word in unclear))
            for name in asked:
                yield from ((at, other) for other in known.get(name, ()))

    def blanked(self, kept: set[int]) -> str:
        """The text with only some stages whole in it, where they were."""
        head, *_ = self.texts
        return head + "".join(
            self.texts[at] if at in kept else self._without_steps(at)
            for at in range(1, len(self.texts))
        )

    def _without_steps(self, at: int) -> str:
        text, start = self.texts[at], self.starts[at]
        pieces, end = list[str](), 0
        for left in self._left[at]:
            pieces.append(SEEN.sub(" ", text[end : left.start - start]))
            end = left.end - start
            pieces.append(text[left.start - start : end])
        return "".join((*pieces, SEEN.sub(" ", text[end:])))


def _made(word: str, names: Iterable[str]) -> Iterator[str]:
    """The names that a word may be that variables are in, and what it is by default."""
    before, *further = _VARIABLE.split(word)
    if not further:
        return
    for one in _VARIABLE.findall(word):
        yield from (each.lstrip("-+") for each in _WORD.findall(one)[1:])
    if before or any(further):
        yield from (
            name for name in names if name.startswith(before) and name.endswith(further[-1])
        )
