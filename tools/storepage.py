"""The page about the schema of the store, from the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.store import models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

HEAD = """\
# The store

Generated from `imagelint/store/models.py`. What `imagelint audit` finds out is kept in a database:
by default in the SQLite file `imagelint-audit.db`; in PostgreSQL with
`--store postgresql+psycopg://user@host/name`. Any tool that reads SQL may read it; only imagelint
should write. A store of an earlier release is brought up to date when it is opened (by the
revisions in `imagelint/store/migrations/`), one of a later release is refused, and a file that is
damaged or something else is never touched.
"""


def store_page() -> str:
    """The page: each table with its columns."""
    rows = sorted(models.Base.__subclasses__(), key=lambda row: str(row.__tablename__))
    parts = [HEAD, " ".join((models.__doc__ or "").split("\n\n")[1].split()), ""]
    for row in rows:
        parts += [f"## {row.__tablename__}", "", *_described(row), ""]
        parts += ["| column | type | what |", "|---|---|---|"]
        table = models.Base.metadata.tables[str(row.__tablename__)]
        parts += [*_columns(table), ""]
    return "\n".join(parts)


def _described(row: type[models.Base]) -> Iterator[str]:
    yield " ".join((row.__doc__ or "").split())


def _columns(table: Table) -> Iterator[str]:
    for column in table.columns:
        marks = "key" if column.primary_key else ""
        for key in column.foreign_keys:
            marks = f"{marks}, " if marks else ""
            marks += f"→ `{key.target_fullname}`"
        name = f"`{column.name}`" + (f" ({marks})" if marks else "")
        kind = str(column.type).lower()
        null = ", or null" if column.nullable else ""
        yield f"| {name} | {kind}{null} | {column.doc} |"
