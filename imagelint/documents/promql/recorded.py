"""What rules record under names of their own, and what they alert on, for who looks for either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.base import Landmark
from imagelint.documents.promql.query import Query
from imagelint.knowledge.serving.metrics import exporter_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Key, Node

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


_FIRST = "alerts on"
ADAPTED: Key = ("metrics of an adapter",)
"""The key of what an adapter serves."""


class AdapterMetrics(NamedTuple):
    """The names under which an adapter serves metrics, `external` ones or those of objects.

    `names` is None where it may serve others as well: it finds series by a pattern, or its chart
    has rules of its own.
    """

    span: Span
    path: str
    external: bool
    names: tuple[str, ...] | None


def recorded_as(name: str) -> Key:
    """The key of the queries whose results are recorded under a name."""
    return ("recorded", name)


def served_as(name: str) -> Key:
    """The key of what the adapter asks for a metric that it serves under a name."""
    return ("served as", name)


def alerts_on(engine: str) -> Key:
    """The key of the first alert of a document that asks for metrics of an engine."""
    return (_FIRST, engine)


def engines_of(query: Query) -> tuple[str, ...]:
    """The engines whose metrics a query asks for by their names."""
    exporters = (exporter_of(one.metric) for one, _ in query.selectors if one.metric)
    return tuple(dict.fromkeys(one.engine for one in exporters if one is not None and one.engine))


def query_landmarks(document: Document) -> Iterator[Landmark]:
    """The queries of a document whose results are recorded, served, or raise an alert."""
    return landmarks_among((*document.nodes_of(AdapterMetrics), *document.nodes_of(Query)))


def landmarks_among(nodes: Iterable[Node]) -> Iterator[Landmark]:
    """The same of the nodes of one document, or of what becomes one."""
    seen: set[Key] = set()
    for node in nodes:
        if isinstance(node, AdapterMetrics):
            yield Landmark(ADAPTED, node)
        elif isinstance(node, Query):
            for one in _marks(node):
                if one.key[0] != _FIRST or one.key not in seen:
                    seen.add(one.key)
                    yield one


def _marks(query: Query) -> Iterator[Landmark]:
    if query.use == RECORD and query.name:
        yield Landmark(recorded_as(query.name), query)
    elif query.use == ADAPTER and query.name:
        yield Landmark(served_as(query.name), query)
    elif query.use == ALERT:
        yield Landmark(ALERTS, query)
        yield from (Landmark(alerts_on(engine), query) for engine in engines_of(query))
