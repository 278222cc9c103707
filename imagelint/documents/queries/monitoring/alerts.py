"""What the alerts of a run watch of an engine, and what none of them does."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.documents.project import RENDERED
from imagelint.documents.promql.query import Query
from imagelint.documents.promql.recorded import ALERTS, EXPRESSION, alerts_on
from imagelint.documents.promql.tree import Selector, nested
from imagelint.documents.queries.monitoring.servers import servers_of_engine
from imagelint.knowledge.serving.metrics import exporter_of, find_series, metric_meaning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Key
    from imagelint.documents.promql.tree import Expression
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.queries.monitoring.expressions import Recorded
    from imagelint.knowledge.serving.metrics import Metric

SIGNALS = ("ttft", "itl", "kv_use", "waiting")
"""The meanings of what tells that users wait: first token, next token, cache, queue."""
# A full cache preempts requests, and a queue is as long as requests wait in it.
_TOLD_BY = {"preemptions": "kv_use", "queue_time": "waiting"}
# Engines that measure it generate for certain; Triton serves anything.
_GENERATES = "itl"
_KINDS = ("prometheus-rules", "kubernetes", RENDERED)
_DEEPEST = 8


def leads(query: Query, engine: str, scope: Scope) -> bool:
    """Whether an alert is the first of the run that asks for metrics of an engine."""
    key = alerts_on(engine)
    first = scope.once(key, lambda: min(_alerts(key, scope), key=_place, default=None))
    return first is not None and _place(first) == _place((scope.origin, query))


def unwatched(engine: str, scope: Scope, recorded: Recorded) -> tuple[Metric, ...]:
    """The metrics of the signals of an engine on which no alert of the run rests.

    None where no server of the engine that generates is in sight, or where an alert beside those
    on the engine may rest on any metric.
    """
    servers = servers_of_engine(engine, scope)
    if metric_meaning(engine, _GENERATES) is None or all(one.only_embeds for one in servers):
        return ()
    near = {origin for origin, _ in _alerts(alerts_on(engine), scope)}
    watched: set[str] = set()
    for origin, query in _alerts(ALERTS, scope):
        metrics = None if query.tree is None else _metrics(query.tree, recorded)
        if metrics is None:
            if origin in near or dirname(origin) == scope.folder:
                return ()
            continue
        watched.update(map(_signal, (one for one in metrics if one.exporter.engine == engine)))
    lacking = (metric_meaning(engine, one) for one in SIGNALS if one not in watched)
    return tuple(one for one in lacking if one is not None)


def _alerts(key: Key, scope: Scope) -> Iterator[tuple[str, Query]]:
    yield from scope.of_kinds(_KINDS, key, Query, EXPRESSION)


def _place(alert: tuple[str, Query]) -> tuple[str, int]:
    return alert[0], alert[1].span.start


def _metrics(tree: Expression, recorded: Recorded, depth: int = 0) -> tuple[Metric, ...] | None:
    """The known metrics on which an expression rests; None where that may be any."""
    found: list[Metric] = []
    for one, _ in nested(tree):
        if not isinstance(one, Selector):
            continue
        series = find_series(one.metric)
        if series is not None:
            found.append(series.metric)
            continue
        made = recorded(one.metric) if one.metric and depth < _DEEPEST else None
        below = None if made is None else _metrics(made, recorded, depth + 1)
        if below is None and _may_be_any(one.metric):
            return None
        found += below or ()
    return tuple(found)


def _may_be_any(name: str) -> bool:
    """Whether a metric is not named, is recorded elsewhere, or is newer than the tables."""
    exporter = exporter_of(name)
    return not name or (":" in name if exporter is None else bool(exporter.engine))


def _signal(metric: Metric) -> str:
    """What a metric tells of, be it by a name that is gone."""
    series = find_series(metric.instead) if metric.gone and metric.instead else None
    told = metric if series is None else series.metric
    return _TOLD_BY.get(told.meaning, told.meaning)
