"""Which images are built upon which: told by their layers, without anybody's metadata.

What images of several repositories have in common from below is the base of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import aliased

from imagelint.store.models import ChainRow, ImageRow, TagRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

SEVERAL = "*"
"""Stands for the repository of what several have."""

_DEEPEST = 1000
_PART = 500


def share(connection: Connection, chains: Mapping[str, Collection[str]]) -> set[str]:
    """Note which repositories have images with some chains, once those are written.

    Returns those chains of which nothing more is to be noted: several have them.
    """
    wanted = list(chains)
    row = ChainRow
    shared: list[str] = []
    alone: set[str] = set()
    for at in range(0, len(wanted), _PART):
        those = row.chain.in_(wanted[at : at + _PART]), row.repository != SEVERAL
        for chain, only in connection.execute(select(row.chain, row.repository).where(*those)):
            if any(one != only for one in chains[chain]):
                shared.append(chain)
            else:
                alone.add(chain)
    shared.sort()
    for at in range(0, len(shared), _PART):
        marked = update(row).where(row.chain.in_(shared[at : at + _PART]))
        connection.execute(marked.values(repository=SEVERAL))
    return chains.keys() - alone


def settle_bases(connection: Connection) -> None:
    """Set for each chain which base it stands upon, from the lowest layers up."""
    below = aliased(ChainRow)
    nearest = case((below.repository == SEVERAL, below.chain), else_=below.base)
    found = select(nearest).where(below.chain == ChainRow.parent).scalar_subquery()
    deepest = connection.scalar(select(func.max(ChainRow.depth))) or 0
    for depth in range(2, min(deepest, _DEEPEST) + 1):
        # What stays as it is, is not written: that is nearly all, from the second run on.
        other = ChainRow.depth == depth, ChainRow.base.is_distinct_from(found)
        connection.execute(update(ChainRow).where(*other).values(base=found))


def base_names(connection: Connection, chains: Collection[str]) -> dict[str, str]:
    """What people call bases: a tag that leads to it, what images say of it, or what made it."""
    wanted = sorted(chains)
    # Each overwrites what is worth less.
    names = dict.fromkeys(wanted, "")
    for part in _parts(wanted):
        top = select(ChainRow.chain, ChainRow.command, ChainRow.layer)
        rows = connection.execute(top.where(ChainRow.chain.in_(part)))
        names.update((chain, command or layer) for chain, command, layer in rows)
    names.update(_said(connection, set(wanted)))
    for part in _parts(wanted):
        led = TagRow.repository + ":" + TagRow.tag
        tagged = (
            select(ImageRow.chain, func.min(led))
            .join(TagRow, TagRow.digest == ImageRow.digest)
            .where(ImageRow.chain.in_(part))
            .group_by(ImageRow.chain)
        )
        names.update((chain, name) for chain, name in connection.execute(tagged) if chain)
    return names


def _said(connection: Connection, wanted: set[str]) -> dict[str, str]:
    """What most images upon a base call it: asked of all images at once, not base by base."""
    if not wanted:
        return {}
    query = (
        select(ChainRow.base, ImageRow.base_name)
        .join(ChainRow, ChainRow.chain == ImageRow.chain)
        .where(ImageRow.base_name != "", ChainRow.base.is_not(None))
        .group_by(ChainRow.base, ImageRow.base_name)
        .order_by(func.count(), ImageRow.base_name.desc())
    )
    rows = connection.execution_options(yield_per=_PART).execute(query)
    return {base: name for base, name in rows if base in wanted}


def _parts(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(items), _PART):
        yield items[at : at + _PART]
