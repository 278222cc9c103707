"""What tags led to: many are asked for at once, by the key of the table; what is new is noted."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Text,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    update,
    values,
)
from sqlalchemy.orm import aliased

from imagelint.store.models import ResultRow, TagRow
from imagelint.store.prepared import Prepared, insertion, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.engine import Connection, Engine


def of_tags(tags: Iterable[tuple[str, str]], *columns: Any) -> Select[Any]:
    """Columns of the rows of tags, given as repository and tag.

    `(repository, tag) IN …` SQLite answers by reading the whole table.
    """
    listed = values(column("repository", Text), column("tag", Text), name="wanted")
    wanted = listed.data(list(dict.fromkeys(tags))).cte("wanted")
    same = and_(TagRow.repository == wanted.c.repository, TagRow.tag == wanted.c.tag)
    return select(*columns).select_from(wanted.join(TagRow, same))


def met() -> tuple[Any, ColumnElement[bool]]:
    """With what tags are joined to be found by what they led to: each time a run met them there."""
    row = ResultRow
    named = row.repository == TagRow.repository, row.tag == TagRow.tag
    return row, and_(*named, row.digest == TagRow.digest)


class TagsAsked:
    """Columns of the rows of tags, asked again and again: a question is written down once."""

    def __init__(self, engine: Engine, *columns: Any) -> None:
        self._engine = engine
        self._columns = columns
        self._questions: dict[int, str] = {}

    def rows(self, connection: Connection, tags: Sequence[tuple[str, str]]) -> Sequence[Any]:
        """The rows of some tags, given as repository and tag; each at least once."""
        if not tags:
            return ()
        count = 1 << (len(tags) - 1).bit_length()
        asked = chain.from_iterable((*tags, *repeat(tags[-1], count - len(tags))))
        if count not in self._questions:
            named = [(_named(f"repository{at}"), _named(f"tag{at}")) for at in range(count)]
            self._questions[count] = text_of(self._engine, of_tags(named, *self._columns))
        return connection.exec_driver_sql(self._questions[count], tuple(asked)).all()


def _named(name: str) -> Any:
    return bindparam(name, type_=Text)


_REPOSITORY, _TAG, _DIGEST, _NOW = (_named(name) for name in ("repository", "tag", "digest", "now"))
_NOTED = ("repository", "tag", "position", "digest", "first_seen", "last_seen")


class TagLog:
    """Notes what tags lead to: the last row of each goes on, or a new one begins."""

    def __init__(self, engine: Engine) -> None:
        newest, last = aliased(TagRow), aliased(TagRow)
        position = (
            select(func.max(newest.position))
            .where(newest.repository == _REPOSITORY, newest.tag == _TAG)
            .scalar_subquery()
        )
        seen = update(TagRow).where(*_is(TagRow, position)).values(last_seen=_NOW)
        goes_on: Any = select(literal_column("1")).select_from(last).where(*_is(last, position))
        following = func.coalesce(position, literal_column("0")) + literal_column("1")
        row = select(_REPOSITORY, _TAG, following, _DIGEST, _NOW, _NOW).where(~goes_on.exists())
        begun = insertion(engine, TagRow).from_select(_NOTED, row).on_conflict_do_nothing()
        self._seen = Prepared(engine, seen)
        self._begun = Prepared(engine, begun)

    def note(self, connection: Connection, led: Mapping[tuple[str, str], str], now: str) -> None:
        """Note what tags (repository and tag) were seen to lead to, and when."""
        # In one order, so that two who note the same do not wait for each other.
        rows = [
            {"repository": at[0], "tag": at[1], "digest": digest, "now": now}
            for at, digest in sorted(led.items())
        ]
        if rows and self._seen.run(connection, rows) < len(rows):
            self._begun.run(connection, rows)


def _is(row: Any, position: Any) -> tuple[Any, ...]:
    """The conditions that a row is the last one of a tag, and leads to its digest."""
    is_tag = row.repository == _REPOSITORY, row.tag == _TAG
    return (*is_tag, row.position == position, row.digest == _DIGEST)
