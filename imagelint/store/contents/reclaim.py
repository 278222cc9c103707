"""Bytes of layers that no tag needs any more, added up repository by repository.

Neither the images of a store nor their layers are held: only which layers of superseded images
nothing else has, a number each, and the sums. So a million images can be asked as well as ten.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, select, union
from sqlalchemy.orm import aliased

from imagelint.core.record import NamedTuple
from imagelint.store import models

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

_PAGE = 500
_MOST_REMEMBERED = 20_000


class Reclaimable(NamedTuple):
    """Bytes of layers in a repository: `live` ones, and what only earlier images have."""

    repository: str
    live: int
    superseded: int


def reclaimable(
    connection: Connection, run_id: int, most: int | None = None
) -> tuple[Reclaimable, ...]:
    """Bytes by repository; what only images have to which no tag leads any more.

    A tag that the run did not ask for, or could not follow, leads where it was last seen to lead.
    """
    result, tag, later = models.ResultRow, models.TagRow, aliased(models.TagRow)
    of_run = result.run_id == run_id
    same = later.repository == tag.repository, later.tag == tag.tag
    moved = exists().where(*same, later.position > tag.position)
    asked_for = exists().where(of_run, result.repository == tag.repository)
    met = exists().where(of_run, result.digest == tag.digest, result.repository == tag.repository)
    led = select(tag.repository, tag.digest)
    old = led.where(moved, asked_for)
    now = select(result.repository, result.digest).where(of_run, result.digest.is_not(None))
    gone: set[int] = set()
    for _, sizes in _layers(connection, old):
        gone.update(sizes)
    live: dict[str, int] = {}
    for repository, sizes in _layers(connection, now):
        gone.difference_update(sizes)
        live[repository] = sum(sizes.values())
    for _, sizes in _layers(connection, led.where(~moved, ~met)):
        gone.difference_update(sizes)
    left = {
        repository: sum(size for name, size in sizes.items() if name in gone)
        for repository, sizes in _layers(connection, old)
    }
    found = [Reclaimable(name, size, left.get(name, 0)) for name, size in live.items()]
    found.sort(key=lambda one: (-one.superseded, -one.live, one.repository))
    return tuple(found[:most])


def _layers(
    connection: Connection, wanted: Select[*tuple[Any, ...]]
) -> Iterator[tuple[str, dict[int, int]]]:
    """The layers of images, repository by repository: each as a number, with its bytes."""
    chains = _Chains(connection)
    for repository, rows in groupby(_tops(connection, wanted, chains), key=itemgetter(0)):
        sizes: dict[int, int] = {}
        seen: set[str] = set()
        for _, top in rows:
            chains.add(top, seen, sizes)
        yield repository, sizes


def _tops(
    connection: Connection, wanted: Select[*tuple[Any, ...]], chains: _Chains
) -> Iterator[tuple[str, str]]:
    """The chains of images and of those that indexes list, in the order of their repositories."""
    image, member = models.ImageRow, models.IndexMemberRow
    asked = wanted.subquery()
    repository, has_layers = asked.c[0], image.chain.is_not(None)
    direct = select(repository.label("repository"), image.chain).join(
        image, and_(image.digest == asked.c.digest, has_layers)
    )
    listed = (
        select(repository, image.chain)
        .join(member, member.listing == asked.c.digest)
        .join(image, and_(image.digest == member.digest, has_layers))
    )
    query = union(direct, listed).order_by("repository")
    for page in connection.execute(query, execution_options={"yield_per": _PAGE}).partitions():
        chains.learn({top for _, top in page})
        yield from ((name, top) for name, top in page)


class _Chains:
    """Chains of layers as they are asked for, of which those below many are asked once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, tuple[str | None, int, int]] = {}

    def learn(self, tops: Collection[str]) -> None:
        """Ask for chains and for all below them, level by level."""
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        row = models.ChainRow
        wanted = tops - self._known.keys()
        while wanted:
            query = select(row.chain, row.parent, row.layer, row.size).where(row.chain.in_(wanted))
            found = self._connection.execute(query).all()
            # A number of 64 bits stands for a digest: of millions no two are likely to have one.
            self._known |= {chain: (low, hash(layer), size) for chain, low, layer, size in found}
            wanted = {low for _, low, *_ in found if low} - self._known.keys()

    def add(self, top: str, seen: set[str], sizes: dict[int, int]) -> None:
        """Add the layers of a chain to those of a repository, down to what was seen there."""
        chain: str | None = top
        while chain is not None and chain not in seen:
            seen.add(chain)
            chain, layer, size = self._known[chain]
            sizes[layer] = size
