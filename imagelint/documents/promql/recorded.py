"""What rules record under names of their own, for those who ask for such a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Landmark
from imagelint.documents.promql.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document, Key

RECORD = "record"
"""The use of a query whose results are recorded: a word that stands in each text with one."""


def recorded_as(name: str) -> Key:
    """The key of the queries whose results are recorded under a name."""
    return ("recorded", name)


def recorded_landmarks(document: Document) -> Iterator[Landmark]:
    """The queries of a document whose results are recorded."""
    for query in document.nodes_of(Query):
        if query.use == RECORD and query.name:
            yield Landmark(recorded_as(query.name), query)
