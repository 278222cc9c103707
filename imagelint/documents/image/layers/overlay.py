"""Layers upon each other: what of each is still seen, and what all of them waste.

One number stands for a file, and one dictionary for a folder: an image has some hundred thousand.
A layer is put together alone and then laid over those below, as engines do it: its whiteouts hide
what is below and nothing of its own.
"""

from __future__ import annotations

from typing import TypeAlias

from imagelint.core.record import NamedTuple
from imagelint.documents.image.layers.stream import StreamError

Tree: TypeAlias = "dict[str, int | Tree]"
_LAYERS = 1024
_MOST_NODES = 1_000_000
_FOLDER_WEIGHT = 3  # what a folder takes, in files
_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"
_LARGEST = 10


class Repeated(NamedTuple):
    """A path that occurs in several layers: how often, its bytes in all, and those of the least."""

    times: int
    total: int
    least: int


class Overlay:
    """The files of all layers that were laid over each other."""

    def __init__(self) -> None:
        self._tree: Tree = {}
        self._layer: Tree = {}
        self._gone: list[str] = []
        self._number = 0
        self._nodes = 0
        self._least = 0
        self._total = 0
        self._dead: dict[str, int] = {}
        self.repeated: dict[str, Repeated] = {}
        self.unpacked: list[int] = []
        self.again: list[int] = []

    @property
    def efficiency(self) -> float:
        """The share of all bytes that is needed, as dive computes it."""
        return self._least / self._total if self._total else 1.0

    @property
    def wasted(self) -> int:
        """The bytes of all paths that occur in more than one layer, as dive computes it."""
        return sum(one.total for one in self.repeated.values() if one.times > 1)

    @property
    def largest(self) -> tuple[tuple[str, int], ...]:
        """The paths that cost the most bytes which nobody sees."""
        import heapq

        found = heapq.nlargest(_LARGEST, self._dead.items(), key=lambda item: item[1])
        return tuple((path, size) for path, size in found if size)

    def begin(self) -> None:
        """Begin the next layer."""
        self._number += 1
        self._layer, self._gone = {}, []
        self.unpacked.append(0)
        self.again.append(0)

    def add(self, path: str, size: int) -> None:
        """Put a file into the layer at hand.

        Raises:
            StreamError: there are more than any image has.
        """
        parts = path.split("/")
        name = parts.pop()
        if name.startswith(_WHITEOUT):
            self._gone.append(path)
            self._count(1)
            return
        folder = self._folder(parts)
        self.unpacked[-1] += size
        if name not in folder:
            self._count(1)
        folder[name] = size * _LAYERS + self._number

    def add_folder(self, path: str) -> None:
        """Put a folder into the layer at hand.

        Raises:
            StreamError: there are more than any image has.
        """
        self._folder(path.split("/"))

    def end(self) -> None:
        """Lay the layer over those below."""
        for path in self._gone:
            self._hide(path)
        self._merge()
        self._layer = {}

    def live(self) -> list[int]:
        """The bytes of each layer that are seen at the end."""
        found = [0] * self._number
        stack = [self._tree]
        while stack:
            for value in stack.pop().values():
                if isinstance(value, int):
                    found[value % _LAYERS - 1] += value // _LAYERS
                else:
                    stack.append(value)
        return found

    def sees(self, path: str, layer: int) -> bool:
        """Whether a file of a layer is seen at the end."""
        value = self._find(path)
        return isinstance(value, int) and value % _LAYERS == layer

    def shows(self, path: str) -> bool:
        """Whether there is a file at the end, of whichever layer."""
        return isinstance(self._find(path), int)

    def _find(self, path: str) -> int | Tree | None:
        at: int | Tree | None = self._tree
        for part in path.split("/"):
            at = at.get(part) if isinstance(at, dict) else None
        return at

    def _folder(self, parts: list[str]) -> Tree:
        at = self._layer
        for part in parts:
            inner = at.get(part)
            if not isinstance(inner, dict):
                inner = at[part] = {}
                self._count(_FOLDER_WEIGHT)
            at = inner
        return at

    def _count(self, weight: int) -> None:
        self._nodes += weight
        if self._nodes > _MOST_NODES:
            raise StreamError(f"holds more than {_MOST_NODES:,} files, with the layers below")

    def _hide(self, path: str) -> None:
        """What a whiteout hides of the layers below."""
        folder, _, name = path.rpartition("/")
        target = folder
        if name != _OPAQUE:
            bare = name.removeprefix(_WHITEOUT)
            target = f"{folder}/{bare}" if folder else bare
        above, _, last = target.rpartition("/")
        holder = self._find(above) if above else self._tree
        if not target:
            self._drop(self._tree, "/")
            self._tree = {}
        elif isinstance(holder, dict) and last in holder:
            hidden = holder.pop(last)
            lost = self._drop(hidden, target)
            if name != _OPAQUE:
                self._seen(target, lost, lost if isinstance(hidden, int) else None)

    def _drop(self, value: int | Tree, path: str) -> int:
        """Count what is hidden; gives its bytes."""
        stack, lost = [value], 0
        while stack:
            one = stack.pop()
            if isinstance(one, int):
                lost += one // _LAYERS
            else:
                stack.extend(one.values())
        if lost:
            self._dead[path] = self._dead.get(path, 0) + lost
        return lost

    def _merge(self) -> None:
        stack: list[tuple[str, Tree, Tree]] = [("", self._layer, self._tree)]
        while stack:
            prefix, upper, lower = stack.pop()
            for name, value in upper.items():
                path = f"{prefix}{name}"
                below = lower.get(name)
                if isinstance(value, int):
                    self._lay(path, value, below)
                    lower[name] = value
                elif isinstance(below, dict):
                    self._nodes -= _FOLDER_WEIGHT
                    stack.append((f"{path}/", value, below))
                else:
                    if below is not None:
                        self._drop(below, path)
                    fresh: Tree = {}
                    lower[name] = fresh
                    stack.append((f"{path}/", value, fresh))

    def _lay(self, path: str, value: int, below: int | Tree | None) -> None:
        size = value // _LAYERS
        if isinstance(below, int) and below // _LAYERS == size:
            self.again[-1] += size
        # Before, so that the first occurrence is known when it becomes one of two.
        first = below // _LAYERS if isinstance(below, int) else None
        if below is not None:
            self._drop(below, path)
        self._seen(path, size, first)

    def _seen(self, path: str, size: int, first: int | None = None) -> None:
        """Count one more occurrence of a path, as dive does."""
        known = self.repeated.get(path)
        self._total += size
        if known is not None:
            self.repeated[path] = Repeated(
                known.times + 1, known.total + size, min(known.least, size)
            )
            self._least += min(0, size - known.least)
        elif first is not None:
            self.repeated[path] = Repeated(2, first + size, min(first, size))
            self._least += min(0, size - first)
        else:
            self._least += size
