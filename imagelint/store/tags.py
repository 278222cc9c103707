"""Ask for many tags at once, each found by the key of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, column, select, values

from imagelint.store.models import TagRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select


def of_tags(tags: Iterable[tuple[str, str]], *columns: Any) -> Select[Any]:
    """Columns of the rows of tags, given as repository and tag.

    `(repository, tag) IN …` SQLite answers by reading the whole table.
    """
    listed = values(column("repository", Text), column("tag", Text), name="wanted")
    wanted = listed.data(list(dict.fromkeys(tags))).cte("wanted")
    same = and_(TagRow.repository == wanted.c.repository, TagRow.tag == wanted.c.tag)
    return select(*columns).select_from(wanted.join(TagRow, same))
