"""Which images are built upon which: told by their layers, without anybody's metadata.

What images of several repositories have in common from below is the base of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, literal_column, select, update
from sqlalchemy.orm import aliased

from imagelint.store.models import ChainRow, ImageRow, ResultRow, TagRow
from imagelint.store.tags import met

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from imagelint.store.database import Store

SEVERAL = "*"
"""Stands for the repository of what several have."""
EARLIER = "an earlier build"
"""What is said of a base whose tag leads to another one now."""

_DEEPEST = 1000
_PART = 500
_MOST_REMEMBERED = 20_000


class Bases:
    """Notes which repositories have images with a chain: what several have is a base.

    What many images have in common is looked at no more than twice, as far as that is remembered.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._now: dict[str, dict[str, Any]] = {}

    def begin(self) -> None:
        """Forget what was to be written: a transaction begins."""
        self._now.clear()

    def is_new(self, chain: str, repository: str) -> bool:
        """Whether a chain has to be written for a repository."""
        if self._known.get(chain) in {SEVERAL, repository}:
            return False
        row = self._now.get(chain)
        if row is None:
            return True
        if row["repository"] != repository:
            row["repository"] = SEVERAL
        return False

    def add(self, row: dict[str, Any]) -> None:
        """Take the row of a chain that is to be written."""
        self._now[row["chain"]] = row

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows that are to be written, one of each chain."""
        return list(self._now.values())

    def remember(self) -> None:
        """Remember who has the chains that are written now."""
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        for chain, row in self._now.items():
            self._known[chain] = SEVERAL if chain in self._known else row["repository"]


def shared(insertion: Any) -> Any:
    """The insertion of a chain: where another repository has it, several have."""
    new, old = insertion.excluded.repository, ChainRow.repository
    several: Any = literal_column(f"'{SEVERAL}'")
    return insertion.on_conflict_do_update(
        index_elements=["chain"],
        set_={"repository": several},
        where=and_(old != new, old != several),
    )


def settle_bases(connection: Connection) -> None:
    """Set for each chain which base it stands upon, from the lowest layers up."""
    if connection.dialect.name == "sqlite":
        # All layers may change: what is written of them need not stay in memory until the end.
        connection.exec_driver_sql("PRAGMA cache_spill=ON")
    below = aliased(ChainRow)
    nearest = case((below.repository == SEVERAL, below.chain), else_=below.base)
    found = select(nearest).where(below.chain == ChainRow.parent).scalar_subquery()
    deepest = connection.scalar(select(func.max(ChainRow.depth))) or 0
    for depth in range(2, min(deepest, _DEEPEST) + 1):
        # What stays as it is, is not written: that is nearly all, from the second run on.
        other = ChainRow.depth == depth, ChainRow.base.is_distinct_from(found)
        connection.execute(update(ChainRow).where(*other).values(base=found))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_spill=OFF")


class BaseNames:
    """What people call bases: a tag that leads to it, what images say of it, or what made it.

    What images say is asked of all at once, the first time that somebody wants a name.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._said: dict[str, str] | None = None

    def of(self, chains: Collection[str]) -> dict[str, str]:
        """The names of some bases."""
        wanted = sorted(chains)
        # Each overwrites what is worth less.
        names = dict.fromkeys(wanted, "")
        if not wanted:
            return names
        with self._store.reading() as connection:
            for part in _parts(wanted):
                top = select(ChainRow.chain, ChainRow.command, ChainRow.layer)
                rows = connection.execute(top.where(ChainRow.chain.in_(part)))
                names.update((chain, command or layer) for chain, command, layer in rows)
            if self._said is None:
                self._said = _said(connection)
            names.update((chain, self._said.get(chain) or names[chain]) for chain in wanted)
            for part in _parts(wanted):
                names.update(_tagged(connection, part, self._said))
        return names


def _tagged(
    connection: Connection, chains: Sequence[str], said: Mapping[str, str]
) -> dict[str, str]:
    """Tags that lead to images which are bases, or did: then the base is not what is built now.

    Of several it is the one that images name, one that leads there now, or the first.
    """
    later = aliased(TagRow)
    same = later.repository == TagRow.repository, later.tag == TagRow.tag
    moved = exists().where(*same, later.position > TagRow.position)
    query = (
        select(ImageRow.chain, TagRow.repository + ":" + TagRow.tag, moved)
        .join(ResultRow, ResultRow.digest == ImageRow.digest)
        .join(TagRow, met()[1])
        .where(ImageRow.chain.in_(chains))
    )
    found: dict[str, tuple[bool, bool, str]] = {}
    for chain, name, was in connection.execute(query):
        top = str(chain)
        known = name != said.get(top), bool(was), name
        found[top] = min(known, found.get(top, known))
    return {
        chain: f"{name} ({EARLIER})" if was else name for chain, (_, was, name) in found.items()
    }


def _said(connection: Connection) -> dict[str, str]:
    """What most images upon a base call it, by base."""
    query = (
        select(ChainRow.base, ImageRow.base_name)
        .join(ChainRow, ChainRow.chain == ImageRow.chain)
        .where(ImageRow.base_name != "", ChainRow.base.is_not(None))
        .group_by(ChainRow.base, ImageRow.base_name)
        .order_by(func.count(), ImageRow.base_name.desc())
    )
    rows = connection.execution_options(yield_per=_PART).execute(query)
    return {base: name for base, name in rows if base}


def _parts(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(items), _PART):
        yield items[at : at + _PART]
