"""What a source has listed already, for workers that look at a part of it each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.audit.options import shard_of
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.audit.selection import Selection
    from imagelint.audit.sources.model import Found, Source


class ListedBatch(NamedTuple):
    """What a source of a name has listed."""

    name: str
    found: tuple[Found, ...] = ()

    @property
    def images(self) -> int:
        """How many images it has listed."""
        return sum(not isinstance(one, Problem) for one in self.found)

    def targets(self) -> Iterator[Found]:
        """The images, and what could not be listed."""
        yield from self.found


def split(
    sources: Sequence[Source], selection: Selection, parts: int
) -> list[tuple[ListedBatch, ...]]:
    """What each shard has of each source; all sources are asked once.

    What could not be listed is told by the first shard.
    """
    found: list[list[list[Found]]] = [[[] for _ in sources] for _ in range(parts)]
    for at, source in enumerate(sources):
        for one in selection.choose(source.targets()):
            number = 1 if isinstance(one, Problem) else shard_of(one.reference, parts)
            found[number - 1][at].append(one)
    return [
        tuple(
            ListedBatch(source.name, tuple(ones))
            for source, ones in zip(sources, part, strict=True)
        )
        for part in found
    ]
