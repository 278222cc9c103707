"""What is kept in memory that is bounded."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Values by origin, as many as there is room for by their sizes."""

    __slots__ = ("_held", "_room")

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: OrderedDict[str, tuple[T, int]] = OrderedDict()

    def get(self, origin: str) -> T | None:
        """A value that was used just now."""
        if origin not in self._held:
            return None
        self._held.move_to_end(origin)
        return self._held[origin][0]

    def pop(self, origin: str) -> T | None:
        """A value that nobody will ask for again."""
        value, size = self._held.pop(origin, (None, 0))
        self._room += size
        return value

    def put(self, origin: str, value: T, size: int) -> None:
        """Keep a value if there is room."""
        if size <= self._room:
            self.pop(origin)
            self._held[origin] = (value, size)
            self._room -= size

    def push(self, origin: str, value: T, size: int) -> None:
        """Keep a value at the cost of those that were used longest ago."""
        self.pop(origin)
        self._held[origin] = (value, size)
        self._room -= size
        while self._room < 0 and len(self._held) > 1:
            self.pop(next(iter(self._held)))
