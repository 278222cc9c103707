"""Which images are built upon which: told by their layers, without anybody's metadata.

What images of several repositories have in common from below is the base of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, func, literal_column, select, update
from sqlalchemy.orm import aliased

from imagelint.store.models import ChainRow, ImageRow, TagRow
from imagelint.store.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.engine import Connection, Engine

SEVERAL = "*"
"""Stands for the repository of what several have."""

_DEEPEST = 1000
_PART = 500
_MOST_REMEMBERED = 20_000


class Bases:
    """Notes which repositories have images with a chain: what several have is a base.

    What many images have in common is looked at no more than twice, as far as that is remembered.
    """

    def __init__(self, engine: Engine) -> None:
        other = ChainRow.repository.not_in([bindparam("only"), literal_column(f"'{SEVERAL}'")])
        marked = update(ChainRow).where(ChainRow.chain == bindparam("of"), other)
        self._marked = Prepared(engine, marked.values(repository=literal_column(f"'{SEVERAL}'")))
        self._known: dict[str, str] = {}
        self._now: dict[str, set[str]] = {}

    def begin(self) -> None:
        """Forget what was to be written: a transaction begins."""
        self._now.clear()

    def is_new(self, chain: str, repository: str) -> bool:
        """Whether a chain has to be written for a repository: from now on it is."""
        if self._known.get(chain) in {SEVERAL, repository}:
            return False
        those = self._now.setdefault(chain, set())
        if repository in those:
            return False
        those.add(repository)
        return True

    def share(self, connection: Connection) -> None:
        """Note which chains several repositories have, once those are written."""
        rows = [
            {"of": chain, "only": repository}
            for chain, those in sorted(self._now.items())
            for repository in sorted(those)
        ]
        if rows:
            self._marked.run(connection, rows)

    def remember(self) -> None:
        """Remember who has the chains that are written now."""
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        for chain, those in self._now.items():
            (first, *more) = those
            several = more or chain in self._known
            self._known[chain] = SEVERAL if several else first


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
