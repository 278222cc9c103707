"""The layers of images, out of the chains that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from imagelint.store import models, views

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import Connection


def layers_of(connection: Connection, tops: set[str]) -> dict[str, Any]:
    """The rows of chains and of all below them, asked level by level."""
    row = models.ChainRow
    found: dict[str, Any] = {}
    while tops:
        below = select(row.__table__).where(row.chain.in_(tops))
        found |= {each.chain: each for each in connection.execute(below)}
        tops = {found[top].parent for top in tops if found[top].parent} - found.keys()
    return found


def upwards(layers: Mapping[str, Any], top: str | None) -> Iterator[views.LayerView]:
    """The layers of a chain, the lowest first."""
    found = []
    while top is not None:
        found.append(layers[top])
        top = layers[top].parent
    for each in reversed(found):
        yield views.LayerView(each.layer, each.diff_id, each.size, each.command)
