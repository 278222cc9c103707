"""What a chart made of its templates, by the places of what is said of it."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.parts import part_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Location
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.parts import TextPart
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

# The steps of a path: a quoted key, the number of an item, a key.
_STEP = pattern(r"\[\"([^\"]*)\"\]|\[(\d{1,6})\]|([^.\[\]]+)")


class MadeTrees:
    """The objects that a chart makes, by the places at which they begin.

    Most charts have no finding: what is asked is looked up then.
    """

    __slots__ = ("_begins", "_by_place", "_objects", "_parts")

    def __init__(self, objects: tuple[KubernetesObject, ...], parts: tuple[TextPart, ...]) -> None:
        self._objects = objects
        self._parts = parts
        self._by_place: dict[int, list[KubernetesObject]] = {}
        self._begins: list[int] | None = None

    def along(self, template: TextPart, location: Location) -> tuple[YamlNode, ...]:
        """The nodes along the path of a place, the last first; none where no object has it there.

        Of several that a loop made of the same lines it is the first.
        """
        start = template.shifted(location.span).start
        for obj in self._at(start):
            if part_at(self._parts, obj.span.start).source.origin != location.origin:
                continue
            nodes = tuple(_along(obj.body, location.path.removeprefix(obj.path)))
            if nodes and nodes[-1].span.start <= start <= nodes[-1].span.end:
                return nodes[::-1]
        return ()

    def _at(self, start: int) -> list[KubernetesObject]:
        """The objects that begin last before a place: several where a loop made them."""
        if self._begins is None:
            for obj in self._objects:
                self._by_place.setdefault(obj.span.start, []).append(obj)
            self._begins = sorted(self._by_place)
        at = bisect_right(self._begins, start) - 1
        return self._by_place[self._begins[at]] if at >= 0 else []


def _along(body: Cursor, path: str) -> Iterator[YamlNode]:
    place = body
    for quoted, index, key in _STEP.findall(path):
        place = place[int(index) if index else quoted or key]
        if place.node is None:
            return
        yield place.node
