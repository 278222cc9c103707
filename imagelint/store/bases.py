"""Which images are built upon which: told by their layers, without anybody's metadata.

What images of several repositories have in common from below is the base of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import aliased

from imagelint.store.models import ChainRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

SEVERAL = "*"
"""Stands for the repository of what several have."""

_DEEPEST = 1000
_PART = 500


def share(connection: Connection, repository: str, chains: Iterable[str]) -> None:
    """Note that images of a repository have some chains."""
    wanted = list(chains)
    other = ChainRow.repository.not_in((repository, SEVERAL))
    for at in range(0, len(wanted), _PART):
        those = ChainRow.chain.in_(wanted[at : at + _PART])
        connection.execute(update(ChainRow).where(those, other).values(repository=SEVERAL))


def settle_bases(connection: Connection) -> None:
    """Set for each chain which base it stands upon, from the lowest layers up."""
    below = aliased(ChainRow)
    nearest = case((below.repository == SEVERAL, below.chain), else_=below.base)
    found = select(nearest).where(below.chain == ChainRow.parent).scalar_subquery()
    deepest = connection.scalar(select(func.max(ChainRow.depth))) or 0
    for depth in range(2, min(deepest, _DEEPEST) + 1):
        connection.execute(update(ChainRow).where(ChainRow.depth == depth).values(base=found))
