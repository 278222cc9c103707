"""Statements that are written down once and run for many rows.

To write a statement down takes SQLAlchemy longer than it takes a database to run it for some rows.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection, Engine

POSTGRESQL = "postgresql"


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


def text_of(engine: Engine, statement: Any) -> str:
    """A statement as a database reads it, for parameters in the order in which they are met."""
    return str(_written(engine, statement))


def _written(engine: Engine, statement: Any, names: Sequence[str] | None = None) -> Any:
    dialect: Any = engine.dialect
    if not dialect.positional:
        dialect = type(dialect)(paramstyle="format")
    return statement.compile(dialect=dialect, column_keys=names)
