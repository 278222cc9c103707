"""The operators of conditions over numbers, texts, lists and maps."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, cast

from imagelint.core.fact import ABSENT, UNKNOWN
from imagelint.custom.values import (
    LONGEST_TEXT,
    Entries,
    EvaluationError,
    ExhaustedError,
    Item,
    Items,
    Record,
    Value,
    is_list,
    item_in,
    key_of,
    kind_of,
)
from imagelint.documents.quantity import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.custom.values import Fuel

LEAST = -MOST - 1
"""The smallest whole number: the largest is `MOST`."""
_SCALARS = (str, bool, int, float)


def plain(value: Value, fuel: Fuel) -> Value:
    """A value of a document as a plain one: unknown where anything in it is.

    Raises:
        EvaluationError: it is a node, which is equal to nothing.
    """
    fuel.burn(1)
    if isinstance(value, Items):
        items = [plain(item.value, fuel) for item in value.items]
        return UNKNOWN if UNKNOWN in items or not value.complete else tuple(items)
    if isinstance(value, Entries):
        pairs = {key: plain(item.value, fuel) for key, item in value.entries.items()}
        known = {key: each for key, each in pairs.items() if each is not ABSENT}
        unknown = not value.complete or UNKNOWN in known.values()
        return UNKNOWN if unknown else known
    if isinstance(value, list) or type(value) is tuple:
        made = [plain(each, fuel) for each in value]
        return UNKNOWN if UNKNOWN in made else tuple(made)
    if isinstance(value, Record):
        raise EvaluationError(f"`{value.word}` cannot be compared: compare one of its fields")
    return value


def equal(left: Value, right: Value, fuel: Fuel) -> Value:
    """Whether two values are equal; those of different types never are."""
    fuel.burn(1)
    for value in (left, right):
        if isinstance(value, str):
            fuel.burn(len(value) >> 6)
    if isinstance(left, _SCALARS) and isinstance(right, _SCALARS):
        return isinstance(left, bool) is isinstance(right, bool) and left == right
    first, second = plain(left, fuel), plain(right, fuel)
    if first is UNKNOWN or second is UNKNOWN:
        return UNKNOWN
    if isinstance(first, tuple) and isinstance(second, tuple):
        pairs = zip(first, second, strict=False)
        return len(first) == len(second) and all(equal(a, b, fuel) for a, b in pairs)
    if isinstance(first, dict) and isinstance(second, dict):
        same = first.keys() == second.keys()
        return same and all(equal(each, second[key], fuel) for key, each in first.items())
    return first is None and second is None


def members(value: Value, fuel: Fuel) -> tuple[Iterator[Item], bool]:
    """The items of a list, or the keys of a map, and whether these are all.

    Raises:
        EvaluationError: it is neither.
    """
    if isinstance(value, Items):
        return iter(value.items), value.complete
    if isinstance(value, Entries):
        fuel.burn(len(value.entries) >> 2)
        held = [(key, item) for key, item in value.entries.items() if item.value is not ABSENT]
        # What a template may leave out may not be there.
        sure = [
            Item(key, item.place) for key, item in held if value.filled or item.value is not UNKNOWN
        ]
        return iter(sure), value.complete and len(sure) == len(held)
    if isinstance(value, list) or type(value) is tuple:
        return (Item(each, None) for each in value), True
    if isinstance(value, dict):
        return (Item(_key(key), None) for key in value), True
    raise EvaluationError(f"{kind_of(value)} is no list")


def contains(needle: Value, haystack: Value, fuel: Fuel) -> Value:
    """Whether a list has an item, or a map a key."""
    if isinstance(haystack, Entries | dict):
        return is_there(haystack, needle, item_in(haystack, needle))
    items, complete = members(haystack, fuel)
    unsure = not complete
    for item in items:
        fuel.burn(1)
        same = UNKNOWN if item.value is UNKNOWN else equal(item.value, needle, fuel)
        if same is True:
            return True
        unsure = unsure or same is UNKNOWN
    return UNKNOWN if unsure else False


def is_there(container: Value, key: Value, item: Item) -> Value:
    """Whether something holds an item, which is the one that it gives under a key."""
    value = item.value
    if isinstance(container, Record) and isinstance(value, Entries | Items):
        # As in CEL, a field that holds a list or a map is there where that is not empty.
        empty = not (value.entries if isinstance(value, Entries) else value.items)
        return (False if value.complete else UNKNOWN) if empty else True
    if value is not UNKNOWN:
        return value is not ABSENT
    held = isinstance(container, Entries) and container.filled and key in container.entries
    return True if held else UNKNOWN


def size(value: Value, fuel: Fuel) -> Value:
    """How long a text, a list or a map is."""
    if isinstance(value, str):
        return len(value)
    items, complete = members(value, fuel)
    count = sum(1 for _ in items)
    fuel.burn(count >> 3)
    return count if complete else UNKNOWN


def element(container: Value, key: Value) -> Item:
    """An item of a list by its number, or of a map by its key.

    Raises:
        EvaluationError: there is none.
    """
    if is_list(container):
        if isinstance(key, bool) or not isinstance(key, int):
            raise EvaluationError(f"{kind_of(key)} is no place in a list")
        listed = cast("Items | tuple[Value, ...] | list[Value]", container)
        items = listed.items if isinstance(listed, Items) else listed
        if 0 <= key < len(items):
            found = items[key]
            return found if isinstance(found, Item) else Item(found, None)
        complete = not isinstance(listed, Items) or listed.complete
        return Item(ABSENT if complete else UNKNOWN, None)
    return item_in(container, key)


def add(left: Value, right: Value, fuel: Fuel) -> Value:
    """A sum, or one text or list behind the other."""
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right, fuel)
    if is_list(left) and is_list(right):
        first, all_of_first = members(left, fuel)
        second, all_of_second = members(right, fuel)
        both = (*first, *second)
        fuel.burn(len(both))
        return Items(both, all_of_first and all_of_second)
    return arithmetic(operator.add, left, right)


def arithmetic(compute: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """A number from two of one type; whole ones are of 64 bits.

    Raises:
        EvaluationError: there is none.
    """
    kinds = {type(left), type(right)}
    if kinds not in ({int}, {float}):
        raise EvaluationError(f"{kind_of(left)} and {kind_of(right)} of other types: use `double`")
    try:
        found = compute(left, right)  # type: ignore[arg-type] # numbers, as was asked above
    except ArithmeticError:
        raise EvaluationError("a division by zero, or a number that is too large") from None
    if isinstance(found, int) and not LEAST <= found <= MOST:
        raise EvaluationError("a number that is too large")
    return found


def divide(left: float, right: float) -> float:
    """A quotient; that of whole numbers is cut towards zero."""
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) is (right < 0) else -quotient
    return left / right


def remainder(left: float, right: float) -> float:
    """What is left of a division of whole numbers, with the sign of the first."""
    if isinstance(left, int) and isinstance(right, int):
        if right == -1 and left == LEAST:
            raise OverflowError
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    raise EvaluationError("only whole numbers have a remainder")


def negative(value: Value) -> Value:
    """A number with the other sign."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise EvaluationError(f"{kind_of(value)} has no sign")
    return arithmetic(operator.sub, type(value)(0), value)


def compare(
    holds: Callable[[object, object], bool], left: Value, right: Value, fuel: Fuel
) -> Value:
    """Whether an order holds between two numbers, two texts or two truth values."""
    numbers = all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in (left, right)
    )
    same = type(left) is type(right) and isinstance(left, str | bool)
    if not (numbers or same):
        raise EvaluationError(f"{kind_of(left)} and {kind_of(right)} have no order")
    if isinstance(left, str):
        fuel.burn(len(left) >> 6)
    return holds(left, right)


def bounded(text: str, fuel: Fuel) -> str:
    """A text that was made.

    Raises:
        ExhaustedError: it is too long.
    """
    fuel.burn(1 + (len(text) >> 6))
    if len(text) > LONGEST_TEXT:
        raise ExhaustedError(f"it makes a text of more than {LONGEST_TEXT:,} characters")
    return text


def _key(key: object) -> object:
    return key[1] if isinstance(key, tuple) else key


def keys(pairs: Iterable[tuple[Value, Value]]) -> dict[Value, Value]:
    """A map that a condition writes out."""
    return {key_of(key): value for key, value in pairs}
