"""Tags are found by their key, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from imagelint.store.models import TagRow
from imagelint.store.tags import of_tags
from tests.store.samples import fill

if TYPE_CHECKING:
    from imagelint.store.database import Store


def test_tags_are_asked_for_without_reading_all_of_them(store: Store) -> None:
    fill(store, 30)
    with store.reading() as connection:
        rows = connection.execute(
            text("SELECT repository, tag, position, digest FROM tags ORDER BY 1, 2, 3")
        ).all()
        wanted = [(row.repository, row.tag) for row in rows[::2]]
        columns = TagRow.repository, TagRow.tag, TagRow.position, TagRow.digest
        query = of_tags(wanted, *columns)
        found = sorted(map(tuple, connection.execute(query)))
        assert found == [tuple(row) for row in rows if (row.repository, row.tag) in wanted]
        if connection.dialect.name == "sqlite":
            said = query.compile(connection, compile_kwargs={"literal_binds": True})
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN {said}")).all()
            told = [row.detail for row in plan]
            assert "SEARCH tags USING PRIMARY KEY (repository=? AND tag=?)" in told
