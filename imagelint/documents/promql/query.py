"""Queries as nodes of a document, and the metrics that they name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.promql.reader import Reading, read_promql
from imagelint.documents.promql.tree import Binary, Expression, Selector, nested
from imagelint.documents.promql.variables import arguments_as_variables
from imagelint.documents.runtime.field import Place
from imagelint.knowledge.serving.metrics import is_metric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Node
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.promql import tree as promql_tree
    from imagelint.documents.serving.scaling import Autoscaler

# What is wrong in all languages that look like PromQL.
_ANYWHERE = ("parenthesis", "unclosed", "unterminated")
# What MetricsQL takes from the panel: windows that are not written, and steps of subqueries
# (https://docs.victoriametrics.com/metricsql/). Prometheus shows an error instead of the panel, so
# that whoever saved it asks VictoriaMetrics, whose data source may be of the type `prometheus`.
_IMPLIED = ("expected type matrix", "ranges only allowed for vector selectors")
PANEL = "panel"
OBJECTIVE = "objective"
_FILLED = frozenset(("analysis", OBJECTIVE))


class Query(NamedTuple):
    """An expression of PromQL.

    `span` is where it is written, `text` the expression with the way back there. `use` is what is
    done with it: `alert`, `record`, `panel`, `scaler`, `analysis`, `objective` or `adapter`; `name`
    is what that is called. `certain` is false where it may be in another language. `unit` is that
    in which a panel shows what comes of it, empty where that is not told, or differs by series.
    """

    span: Span
    text: MappedText
    use: str
    name: str
    path: str
    certain: bool = True
    unit: str = ""

    @property
    def reading(self) -> Reading:
        """What it is, or what is wrong with it."""
        return _read(code_of(self.text.text, self.use))

    @property
    def complaint(self) -> str:
        """What is wrong with it; empty where it may be right in another language."""
        message = self.reading.message
        certain = self.certain and not (self.use == PANEL and message.startswith(_IMPLIED))
        return message if certain or any(one in message for one in _ANYWHERE) else ""

    @property
    def unread(self) -> str:
        """What keeps it from being examined, where it is not wrong; empty where it is read."""
        reading = self.reading
        told = reading.message and not self.complaint
        return "the query may be in another language than PromQL" if told else reading.unread

    @property
    def tree(self) -> Expression | None:
        """What it is made of; None where that cannot be told."""
        return self.reading.tree

    @property
    def parts(self) -> tuple[tuple[Expression, tuple[Expression, ...]], ...]:
        """All expressions in it, each with those around it, the nearest one last."""
        return _parts(code_of(self.text.text, self.use))

    @property
    def selectors(self) -> Iterator[tuple[Selector, tuple[Expression, ...]]]:
        """Where it selects series, each with the expressions around it."""
        return ((one, around) for one, around in self.parts if type(one) is Selector)

    def at(self, place: promql_tree.Place) -> Place:
        """Where a part of it is written."""
        return Place(self.text.place(place.start, place.end), self.path)

    def written(self, place: promql_tree.Place) -> str:
        """The text of a part of it."""
        return self.text.text[place.start : place.end]


def code_of(text: str, use: str) -> str:
    """What is read of a query: arguments of what judges rollouts, or objectives, are variables."""
    return arguments_as_variables(text) if use in _FILLED else text


class UnreadQuery(NamedTuple):
    """A query, or several in one text, that may be right and cannot be examined.

    `message` says why.
    """

    span: Span
    message: str
    too_large: bool = False


def unread_queries(document: Document) -> Iterator[DocumentError]:
    """The queries in a document that cannot be examined, each with its place in the source."""
    end = len(document.source.text)
    for one in document.nodes_of(UnreadQuery):
        span = one.span if one.span.end <= end else None  # or it stands in another text
        kind = ProblemKind.TOO_LARGE if one.too_large else ProblemKind.UNPARSABLE
        yield DocumentError(kind, one.message, span)


class MetricUse(NamedTuple):
    """A place where a metric of a known exporter is named, be it in PromQL or as a setting.

    `name` is the metric's as it is asked for. `fallback` tells that the place is one of several
    that are tried in turn (`or`), `subject` what asks. `query` is what it is a part of, `scaler`
    the autoscaler that asks. `exact` tells of a setting that it names the metric as its exporter
    does, and no adapter may have another one under that name.
    """

    span: Span
    path: str
    name: str
    use: str
    subject: str
    fallback: bool = False
    query: Query | None = None
    scaler: Autoscaler | None = None
    exact: bool = False


def query_nodes(query: Query, scaler: Autoscaler | None = None) -> Iterator[Node]:
    """A query, and the metrics of known exporters that it names."""
    yield query
    if query.unread:
        yield UnreadQuery(query.span, query.unread, query.reading.too_large)
    for selector, around in query.selectors:
        if selector.metric and is_metric(selector.metric):
            place = query.at(selector.name)
            fallback = any(type(one) is Binary and one.operator == "or" for one in around)
            yield MetricUse(
                span=place.span,
                path=query.path,
                name=selector.metric,
                use=query.use,
                subject=query.name,
                fallback=fallback,
                query=query,
                scaler=scaler,
            )


# Dashboards of one project ask the same again and again, and several rules ask each query.
@lru_cache(maxsize=4096)
def _read(text: str) -> Reading:
    return read_promql(text)


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[tuple[Expression, tuple[Expression, ...]], ...]:
    tree = _read(text).tree
    return () if tree is None else tuple(nested(tree))
