"""A mapping upon another one: what is set below is seen above and not copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar, overload

V = TypeVar("V")
T = TypeVar("T")


class Layers(Mapping[str, V]):
    """Values by name, in layers of which an upper one hides, or joins, what is below.

    Thousands of stages may each stand upon the one before: a copy for each takes gigabytes, a walk
    down to the first takes hours. So layers that are alike in size become one, and there are never
    more of them than the logarithm of all that is set.
    """

    __slots__ = ("_below", "_join", "_own")

    def __init__(self, join: Callable[[V, V], V] = lambda _lower, upper: upper) -> None:
        self._join = join
        self._below: tuple[Mapping[str, V], ...] = ()
        self._own: dict[str, V] = {}

    def above(self) -> Layers[V]:
        """A mapping upon this one as it is now; neither sees what the other is given later."""
        if self._own:
            self._below = self._merged()
            self._own = {}
        child = Layers(self._join)
        child._below = self._below
        return child

    def _merged(self) -> tuple[Mapping[str, V], ...]:
        layers = [*self._below]
        top: Mapping[str, V] = self._own
        while layers and len(layers[-1]) <= 2 * len(top):
            top = self._joined(layers.pop(), top)
        return (*layers, top)

    def _joined(self, lower: Mapping[str, V], upper: Mapping[str, V]) -> dict[str, V]:
        joined = dict(lower)
        for name, value in upper.items():
            joined[name] = self._join(joined[name], value) if name in joined else value
        return joined

    def __setitem__(self, name: str, value: V) -> None:
        """Set a value in the uppermost layer."""
        self._own[name] = value

    def own(self, name: str) -> V | None:
        """The value of the uppermost layer alone."""
        return self._own.get(name)

    @overload
    def get(self, name: str, /) -> V | None: ...
    @overload
    def get(self, name: str, /, default: V | T) -> V | T: ...

    def get(self, name: str, /, default: V | T | None = None) -> V | T | None:
        """The uppermost value of a name."""
        if name in self._own:
            return self._own[name]
        for layer in reversed(self._below):
            if name in layer:
                return layer[name]
        return default

    def each(self, name: str) -> Iterator[V]:
        """The values of a name in all layers, the uppermost first."""
        for layer in (self._own, *reversed(self._below)):
            if name in layer:
                yield layer[name]

    def __contains__(self, name: object) -> bool:
        """Whether any layer has a value for a name."""
        return name in self._own or any(name in layer for layer in self._below)

    def __getitem__(self, name: str) -> V:
        """The uppermost value of a name."""
        if name not in self:
            raise KeyError(name)
        return next(self.each(name))

    def __iter__(self) -> Iterator[str]:
        """The names, each once, those of the lowest layer first."""
        return iter(dict.fromkeys(name for layer in (*self._below, self._own) for name in layer))

    def __bool__(self) -> bool:
        """Whether there is anything: to count it would be a walk through all of it."""
        return bool(self._own) or any(self._below)

    def __len__(self) -> int:
        """How many names there are."""
        return sum(1 for _ in self)
