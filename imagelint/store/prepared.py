"""Statements that are written down once and run for many rows.

To write a statement down takes SQLAlchemy longer than it takes a database to run it for some rows.
"""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection, Engine

POSTGRESQL = "postgresql"
_MOST_ROWS = 64
"""Of one insertion: SQLite of old takes 999 values."""
_CONFLICT = " ON CONFLICT"


def insertion(engine: Engine, table: Any) -> Any:
    """The insertion into a table that the database has more words for than others."""
    # To import what SQLAlchemy knows of PostgreSQL takes a tenth of a start.
    if engine.dialect.name == POSTGRESQL:
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        return insert_postgresql(table)
    from sqlalchemy.dialects.sqlite import insert as insert_sqlite

    return insert_sqlite(table)


class Prepared:
    """A statement for one database, whose parameters are the names that rows have."""

    __slots__ = ("_take", "_text")

    def __init__(self, engine: Engine, statement: Any, names: Sequence[str] | None = None) -> None:
        written = _written(engine, statement, names)
        self._text = str(written)
        self._take = itemgetter(*written.positiontup)

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it for each of some rows, at least one; how many rows of the table it changed."""
        done = connection.exec_driver_sql(self._text, list(map(self._take, rows)))
        return int(done.rowcount)


class Insertion:
    """An insertion that says what it does upon a conflict, of many rows at once.

    Row by row, SQLite's driver lets all other threads go before each.
    """

    __slots__ = ("_rows", "_take", "_texts", "_then", "_to")

    def __init__(self, engine: Engine, statement: Any, names: Sequence[str]) -> None:
        written = _written(engine, statement, names)
        self._take = itemgetter(*written.positiontup)
        text, conflict, then = str(written).partition(_CONFLICT)
        self._to, _, self._rows = text.partition(" VALUES ")
        self._then = conflict + then
        self._texts: dict[int, str] = {}

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, of which no two are in conflict with each other."""
        size, start = _MOST_ROWS, 0
        # By powers of two, so that there are few statements, which the driver remembers.
        while start < len(rows):
            while size > len(rows) - start:
                size //= 2
            values = chain.from_iterable(map(self._take, rows[start : start + size]))
            connection.exec_driver_sql(self._text(size), tuple(values))
            start += size

    def _text(self, size: int) -> str:
        if size not in self._texts:
            said = ", ".join([self._rows] * size)
            self._texts[size] = f"{self._to} VALUES {said}{self._then}"
        return self._texts[size]


def text_of(engine: Engine, statement: Any) -> str:
    """A statement as a database reads it, for parameters in the order in which they are met."""
    return str(_written(engine, statement))


def _written(engine: Engine, statement: Any, names: Sequence[str] | None = None) -> Any:
    dialect: Any = engine.dialect
    if not dialect.positional:
        dialect = type(dialect)(paramstyle="format")
    return statement.compile(dialect=dialect, column_keys=names)
