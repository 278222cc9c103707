"""What files hold that others ask for: each is parsed once, and only for who asks for what it has.

Which keys a file holds is known from an earlier examination by the marks of these keys.
"""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast
from weakref import WeakMethod

from imagelint.core.record import NamedTuple
from imagelint.core.report import Report
from imagelint.documents.kinds import KINDS
from imagelint.documents.project import beside, by_key, mark_of
from imagelint.documents.remembered import forget_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.project import Word

    Found = tuple[str, Node]

P = ParamSpec("P")
T = TypeVar("T")


class Holding(NamedTuple):
    """What a file holds for others: the `marks` of its keys.

    `read` are the origins of the other files that were read, or looked for, to read it: what stands
    under a key may come from there.
    """

    marks: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


def holding(document: Document | Report | None, read: Iterable[str] = ()) -> Holding:
    """What a document holds for others; nothing, where there is none."""
    if document is None or isinstance(document, Report):
        return Holding()
    marks = {mark_of(document.kind, key) for key in document.derived(by_key)}
    return Holding(tuple(sorted(marks)), tuple(read))


def read_with(document: Document) -> Iterator[str]:
    """The origins of the files that are read, or looked for, to read a document."""
    names = (*KINDS[document.kind].beside, *document.asked) if document.kind in KINDS else ()
    return (beside(document.source.origin, name) for name in names)


def _weak(ask: Callable[P, T]) -> Callable[P, T]:
    """A method that does not hold its object: that one holds the landmarks, in a circle."""
    if not isinstance(ask, MethodType):
        return ask
    method = WeakMethod(ask)

    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        known = method()
        if known is None:
            raise ReferenceError
        return cast("T", known(*args, **kwargs))

    return asked


class Landmarks:
    """The landmarks of the files of a run, by kind and key.

    `of_kind` gives the origins of the files of a kind, in order; `parse` the document of one if its
    text may say a word, and None if not. Where they are methods, somebody else holds their object.
    """

    __slots__ = ("_held", "_holders", "_kinds", "_of_kind", "_parse")

    def __init__(
        self,
        of_kind: Callable[[str], Iterable[str]],
        parse: Callable[[str, Word], Document | Report | None],
    ) -> None:
        self._of_kind = _weak(of_kind)
        self._parse = _weak(parse)
        self._held: dict[str, Holding] = {}
        self._kinds: dict[str, _Kind] = {}
        self._holders: dict[str, dict[str, list[str]]] = {}

    def tell(self, origin: str, held: Holding) -> None:
        """What a file holds: it need not be parsed for who asks for something else."""
        self._held[origin] = held
        self._holders.clear()

    def adopt(self, other: Landmarks, origins: Iterable[str]) -> None:
        """Take for some files, which are the same there, what is known of them."""
        self._held.update((one, other._held[one]) for one in origins if one in other._held)
        self._holders.clear()

    def find(self, kind: str, key: Key, word: Word) -> list[Found]:
        """What the files of a kind hold under a key, in their order, each with its origin."""
        room = self._kinds.get(kind)
        if room is None:
            room = self._kinds[kind] = _Kind(self._of_kind(kind), self._held)
        for origin in room.holders.pop(mark_of(kind, key), ()):
            if origin not in room.read:
                room.add(origin, self._parse(origin, ""))
        if word not in room.searched and "" not in room.searched:
            room.searched.add(word)
            for origin in tuple(room.unknown):
                document = self._parse(origin, word)
                if document is not None:
                    del room.unknown[origin]
                    room.add(origin, document)
        return room.under(key)

    def holders(self, kind: str, mark: str) -> list[tuple[str, Holding]]:
        """The files of a kind that hold something under a key, by its mark, in their order."""
        if kind not in self._holders:
            by_mark = self._holders[kind] = {}
            for origin in self._of_kind(kind):
                for each in self.held(origin).marks:
                    by_mark.setdefault(each, []).append(origin)
        held = self._held
        return [(origin, held[origin]) for origin in self._holders[kind].get(mark, ())]

    def held(self, origin: str) -> Holding:
        """What a file holds; it is parsed for that if nobody has told."""
        held = self._held.get(origin)
        if held is None:
            document = self._parse(origin, "")
            read = () if document is None or isinstance(document, Report) else read_with(document)
            held = self._held[origin] = holding(document, read)
            forget_many()
        return held


class _Kind:
    """The files of one kind: what was found in those that were parsed, and which may hold more."""

    __slots__ = ("_found", "_places", "_unsorted", "holders", "read", "searched", "unknown")

    def __init__(self, origins: Iterable[str], held: dict[str, Holding]) -> None:
        self._places = {origin: place for place, origin in enumerate(origins)}
        self._found: dict[Key, list[Found]] = {}
        self._unsorted: set[Key] = set()
        self.read: set[str] = set()
        self.searched: set[Word] = set()
        self.unknown: dict[str, None] = {}
        self.holders: dict[str, list[str]] = {}
        for origin in self._places:
            if origin in held:
                for mark in held[origin].marks:
                    self.holders.setdefault(mark, []).append(origin)
            else:
                self.unknown[origin] = None

    def add(self, origin: str, document: Document | Report | None) -> None:
        """Take what a file holds."""
        self.read.add(origin)
        if document is None or isinstance(document, Report):
            return
        for key, nodes in document.derived(by_key).items():
            known = self._found.setdefault(key, [])
            if known and self._places[known[-1][0]] > self._places[origin]:
                self._unsorted.add(key)
            known.extend((origin, node) for node in nodes)
        forget_many()

    def under(self, key: Key) -> list[Found]:
        """What was found under a key, in the order of the files."""
        found = self._found.get(key, [])
        if key in self._unsorted:
            found.sort(key=lambda each: self._places[each[0]])
            self._unsorted.discard(key)
        return found
