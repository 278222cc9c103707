"""Answers about a node that are asked for again and again."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from imagelint.knowledge.tables import count, counted, forgetting, uncounted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
K = TypeVar("K", bound="Hashable")
R = TypeVar("R")
_MOST = 1_024
"""Answers of one question that outlive their document: others may look at it."""
_FEW = 16
"""Answers about scripts, which hold whole texts: the rules ask about one after the other."""
_MOST_OF_ONE = 100_000
"""Answers of one question about one document."""
_ANSWERS: list[dict[int, tuple[object, object]]] = []


def remembered(ask: Callable[[T], R]) -> Callable[[T], R]:
    """A function of one immutable node that keeps its answers while its document is examined.

    The node is known by its identity: to hash a command with all its words, as `functools` would,
    costs more than most answers.
    """
    answers: dict[int, tuple[T, R]] = {}
    _ANSWERS.append(answers)  # type: ignore[arg-type]
    return _remembering(ask, answers, _MOST_OF_ONE)


def remembered_briefly(ask: Callable[[T], R]) -> Callable[[T], R]:
    """The same for a large node, of which more than a few are not to be held."""
    return _remembering(ask, {}, _FEW)


def remembered_pair(ask: Callable[[T, K], R]) -> Callable[[T, K], R]:
    """The same of a large node, and what it is asked with: by its identity, and by that's value."""
    answers: dict[tuple[int, K], tuple[T, R]] = {}

    @wraps(ask)
    def answer(node: T, given: K) -> R:
        known = answers.get((id(node), given))
        if known is not None and known[0] is node:
            return known[1]
        found = uncounted(lambda: ask(node, given))
        if len(answers) >= _FEW:
            answers.pop(next(iter(answers)))
        answers[id(node), given] = (node, found)
        return found

    return answer


def remembered_lookup(ask: Callable[[T], R]) -> Callable[[T], R]:
    """The same for what is looked up in tables: whoever asks is told of them, as long as they hold.

    The node's document may be judged again, by a policy that knows more.
    """
    answers: dict[int, tuple[T, tuple[R, frozenset[str]]]] = {}
    _ANSWERS.append(answers)  # type: ignore[arg-type]
    return _looking_up(ask, answers, _MOST_OF_ONE)


def remembered_lookup_briefly(ask: Callable[[T], R]) -> Callable[[T], R]:
    """The same for a large node, of which more than a few are not to be held."""
    return _looking_up(ask, {}, _FEW)


def _looking_up(
    ask: Callable[[T], R], answers: dict[int, tuple[T, tuple[R, frozenset[str]]]], most: int
) -> Callable[[T], R]:
    forgetting(answers.clear)
    remembering = _remembering(lambda node: counted(lambda: ask(node)), answers, most)

    @wraps(ask)
    def answer(node: T) -> R:
        found, tables = remembering(node)
        count(tables)
        return found

    return answer


def forget_many() -> None:
    """A document was examined: of what was answered, no more is kept than others may ask again."""
    for answers in _ANSWERS:
        if len(answers) > _MOST:
            answers.clear()


def _remembering(
    ask: Callable[[T], R], answers: dict[int, tuple[T, R]], most: int
) -> Callable[[T], R]:
    @wraps(ask)
    def answer(node: T) -> R:
        known = answers.get(id(node))
        if known is not None and known[0] is node:
            return known[1]
        found = uncounted(lambda: ask(node))
        if len(answers) >= most:
            answers.clear()
        answers[id(node)] = (node, found)
        return found

    return answer
