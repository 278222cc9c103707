"""What a condition computes with: plain values, what stands in documents, and the unknown.

Plain values are those of Python: numbers, texts, truth values, None, tuples and dictionaries.
`UNKNOWN` is a value too: an operator to which it matters gives it back, so that nothing certain
comes of it. What goes wrong is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.fact import ABSENT, UNKNOWN, Known, Missing
from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Field, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.documents.base import Node

Value: TypeAlias = object

MOST_STEPS = 50_000
"""Of one evaluation: some tens of milliseconds."""
MOST_OF_DOCUMENT = 1_000_000
"""Of one rule about all of one document."""
LONGEST_TEXT = 100_000
"""Code points of a text that a condition makes."""


class EvaluationError(Exception):
    """A condition has no value for what it was asked about."""


class ExhaustedError(EvaluationError):
    """A condition takes more steps, or more memory, than it may."""


class Fuel:
    """What one evaluation may still spend."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps

    def burn(self, steps: int) -> None:
        """Spend some.

        Raises:
            ExhaustedError: there is not as much left.
        """
        self.left -= steps
        if self.left < 0:
            raise ExhaustedError(
                f"it takes more than {MOST_STEPS:,} steps for one place, or"
                f" {MOST_OF_DOCUMENT:,} for all of them"
            )


class Evaluation:
    """One evaluation: its variables, what it may spend, and the place that it read last."""

    __slots__ = ("fuel", "place", "variables")

    def __init__(self, variables: dict[str, Value], fuel: Fuel) -> None:
        self.variables = variables
        self.fuel = fuel
        self.place: Node | None = None


class Item(NamedTuple):
    """A value with the place where it is written."""

    value: Value
    place: Node | None


class Items(NamedTuple):
    """A list of a document. If it is not `complete`, there may be more than these."""

    items: tuple[Item, ...]
    complete: bool = True


class Entries(NamedTuple):
    """A map of a document by its keys. If it is not `complete`, there may be more.

    `place` is where an entry would be written. With `filled` an entry of unknown value is there for
    certain; without, a template may leave it out.
    """

    entries: Mapping[str, Item]
    place: Node | None
    complete: bool = True
    filled: bool = True


class Record:
    """Something with named fields, each read when it is asked for."""

    __slots__ = ("_fields", "_known", "_read", "word")

    def __init__(
        self, word: str, fields: Mapping[str, object], read: Callable[[str], Item]
    ) -> None:
        self.word = word
        self._fields = fields
        self._read = read
        self._known: dict[str, Item] = {}

    def item(self, name: str) -> Item:
        """A field: `ABSENT` where there is none.

        Raises:
            EvaluationError: there is no field of that name.
        """
        known = self._known.get(name)
        if known is None:
            if name not in self._fields:
                raise EvaluationError(f"`{self.word}` has no field `{name}`")
            known = self._known[name] = self._read(name)
        return known

    def through(self, change: Callable[[Item], Item]) -> Record:
        """The same with each field changed when it is asked for."""
        return Record(self.word, self._fields, lambda name: change(self.item(name)))


def located(value: object, place: Node | None) -> Item:
    """What a reader of a node gives as an item: facts, fields and items have their own places."""
    if isinstance(value, Item):
        return value
    if isinstance(value, Field):
        return located(value.value, value.place)
    if isinstance(value, Known):
        path = getattr(place, "path", "")
        at = place if value.span is None else Place(value.span, path)
        return located(value.value, at)
    if value is None or isinstance(value, Missing):
        return Item(ABSENT if value is None else value, place)
    return Item(value, place)


def texts(pairs: Mapping[str, object], place: Node, *, complete: bool = True) -> Entries:
    """A map of what readers give: facts, fields or plain values, by keys."""
    entries = {key: located(value, place) for key, value in pairs.items()}
    return Entries(entries, place, complete)


def item_in(container: Value, key: Value) -> Item:
    """What a map or a record holds under a key: `ABSENT`, or unknown where there may be more.

    Raises:
        EvaluationError: it holds nothing under keys.
    """
    if isinstance(container, Record):
        return container.item(str(key))
    if isinstance(container, Entries):
        key = key_of(key)
        found = container.entries.get(key) if isinstance(key, str) else None
        missing = ABSENT if container.complete else UNKNOWN
        return Item(missing, container.place) if found is None else found
    if isinstance(container, dict):
        return Item(container.get(key_of(key), ABSENT), None)
    raise EvaluationError(f"{kind_of(container)} has no field `{key}`")


def key_of(key: Value) -> Value:
    """A key as dictionaries hold it: `1` and `true` are two keys, as CEL has it.

    Raises:
        EvaluationError: it is neither a text nor a whole number nor a truth value.
    """
    if not isinstance(key, str | int | float):
        raise EvaluationError(f"{kind_of(key)} is no key of a map")
    return (bool, key) if isinstance(key, bool) else key


def kind_of(value: Value) -> str:
    """What people call the type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case Record():
            return f"`{value.word}`"
        case _:
            return "a list" if is_list(value) else "a map"


def is_list(value: Value) -> bool:
    """Whether a value is a list: one of a document, or one that was made."""
    return isinstance(value, Items | list) or type(value) is tuple
