"""What rules record under names of their own, and what they alert on, for who looks for either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Landmark
from imagelint.documents.promql.query import Query
from imagelint.knowledge.serving.metrics import exporter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document, Key

RECORD = "record"
"""The use of a query whose results are recorded: a word that stands in each text with one."""
ADAPTER = "adapter"
"""The use of a query of the adapter that serves metrics to autoscalers."""
SERIES = "seriesQuery"
"""A word that stands in each text with one."""
ALERT = "alert"
"""The use of a query whose results raise an alert."""
EXPRESSION = "expr"
"""A word that stands in each text with an alert."""
ALERTS: Key = ("alerts",)
"""The key of all alerts."""


def recorded_as(name: str) -> Key:
    """The key of the queries whose results are recorded under a name."""
    return ("recorded", name)


def served_as(name: str) -> Key:
    """The key of what the adapter asks for a metric that it serves under a name."""
    return ("served as", name)


def alerts_on(engine: str) -> Key:
    """The key of the first alert of a document that asks for metrics of an engine."""
    return ("alerts on", engine)


def engines_of(query: Query) -> tuple[str, ...]:
    """The engines whose metrics a query asks for by their names."""
    exporters = (exporter_of(one.metric) for one, _ in query.selectors if one.metric)
    return tuple(dict.fromkeys(one.engine for one in exporters if one is not None and one.engine))


def query_landmarks(document: Document) -> Iterator[Landmark]:
    """The queries of a document whose results are recorded, served, or raise an alert."""
    seen: set[str] = set()
    for query in document.nodes_of(Query):
        if query.use == RECORD and query.name:
            yield Landmark(recorded_as(query.name), query)
        elif query.use == ADAPTER and query.name:
            yield Landmark(served_as(query.name), query)
        elif query.use == ALERT:
            yield Landmark(ALERTS, query)
            for engine in engines_of(query):
                if engine not in seen:
                    seen.add(engine)
                    yield Landmark(alerts_on(engine), query)
