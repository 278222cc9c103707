"""What the alerts of a run watch of an engine, and what none of them does."""

from __future__ import annotations

from math import inf
from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.documents.project import RENDERED
from imagelint.documents.promql.query import Query
from imagelint.documents.promql.recorded import ALERT, ALERTS, EXPRESSION, alerts_on
from imagelint.documents.promql.tree import Call, Selector, nested
from imagelint.documents.queries.monitoring.servers import servers_of_engine
from imagelint.documents.queries.monitoring.thresholds import queue_bounds
from imagelint.knowledge.serving.metrics import Metric, exporter_of, find_series, metric_meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.documents.base import Key
    from imagelint.documents.promql.tree import Expression
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.queries.monitoring.expressions import Recorded
    from imagelint.documents.queries.monitoring.thresholds import QueueBound

SIGNALS = ("ttft", "itl", "kv_use", "waiting")
"""The meanings of what tells that users wait: first token, next token, cache, queue."""
# A full cache preempts requests, and a queue is as long as requests wait in it.
_TOLD_BY = {"preemptions": "kv_use", "queue_time": "waiting"}
# Engines that measure it generate for certain; Triton serves anything.
_GENERATES = "itl"
# By what words other names tell of a signal: of a gateway, a front end, or a rule that records.
_WORDS = {
    "ttft": ("ttft", "first_token"),
    "itl": ("_itl", "tpot", "inter_token", "per_output_token", "between_tokens"),
    "kv_use": ("kv_cache", "cache_usage", "cache_util"),
    "waiting": ("waiting", "queue", "pending_requests", "requests_pending"),
}
_KINDS = ("prometheus-rules", "values", "kubernetes", RENDERED)
_DEEPEST = 8


def leads(query: Query, engine: str, scope: Scope) -> bool:
    """Whether an alert is the first of the run that asks for metrics of an engine.

    What is rendered goes first: the files of which it is made may not be judged by themselves.
    """
    key = alerts_on(engine)
    first = scope.once(key, lambda: _first(key, scope))
    return first is not None and _place(first) == _place((scope.origin, query))


def _first(key: Key, scope: Scope) -> tuple[str, Query] | None:
    made = scope.of_kinds((RENDERED,), key, Query, EXPRESSION)
    rendered = [one for one in made if scope.rendered or one[0] != scope.origin]
    return min(rendered or _alerts(key, scope), key=_place, default=None)


def unwatched(query: Query, engine: str, scope: Scope, recorded: Recorded) -> tuple[Metric, ...]:
    """The metrics of the signals of an engine on which no alert of the run rests.

    They are shown by what shows those that an alert on it, `query`, asks for. None where no server
    of the engine that generates is in sight, or where an alert beside those on the engine may rest
    on any metric.
    """
    servers = servers_of_engine(engine, scope)
    if metric_meaning(engine, _GENERATES) is None or all(one.only_embeds for one in servers):
        return ()
    near = {origin for origin, _ in _alerts(alerts_on(engine), scope)}
    watched: set[str] = set()
    for origin, each in _alerts(ALERTS, scope):
        rests = _rests_on(each, recorded)
        if rests is None:
            if origin in near or dirname(origin) == scope.folder:
                return ()
            continue
        watched.update(signal for one in rests for signal in _signals(one, engine))
    shown = _exporter(query, engine)
    lacking = (metric_meaning(engine, one, shown) for one in SIGNALS if one not in watched)
    return tuple(one for one in lacking if one is not None)


def late_alert(query: Query, most: int, scope: Scope, recorded: Recorded) -> Iterator[QueueBound]:
    """The bounds of an alert that let more requests wait, where none of the document is sooner."""
    if query.use != ALERT:
        return
    bounds = [one for one in queue_bounds(query) if one.number > most]
    told = _queues_told(scope, recorded) if bounds else {}
    yield from (one for one in bounds if told.get(one.engine, 0) > most)


def _queues_told(scope: Scope, recorded: Recorded) -> Mapping[str, float]:
    """From how many waiting requests on an alert of the document tells of them, by engine.

    0 where one tells of a queue otherwise; nothing where an alert may rest on any metric.
    """

    def find() -> dict[str, float]:
        told: dict[str, float] = {}
        for query in scope.own(ALERTS, Query):
            rests = _rests_on(query, recorded)
            if rests is None:
                return {}
            bounds = {one.engine: one.number for one in queue_bounds(query)}
            for one in rests:
                engine = one.exporter.engine if isinstance(one, Metric) else ""
                if engine and "waiting" in _signals(one, engine):
                    told[engine] = min(told.get(engine, inf), bounds.get(engine, 0))
        return told

    return scope.once(("queues told",), find)


def _alerts(key: Key, scope: Scope) -> Iterator[tuple[str, Query]]:
    yield from scope.of_kinds(_KINDS, key, Query, EXPRESSION)


def _place(alert: tuple[str, Query]) -> tuple[str, int]:
    return alert[0], alert[1].span.start


def _exporter(query: Query, engine: str) -> str:
    """The first that shows what a query asks of an engine."""
    shown = (exporter_of(one.metric) for one, _ in query.selectors if one.metric)
    return next((one.name for one in shown if one is not None and one.engine == engine), "")


def _rests_on(query: Query, recorded: Recorded) -> tuple[Metric | str, ...] | None:
    """The metrics on which an alert rests, by name where the tables lack it; None: on any."""
    return None if query.tree is None else _metrics(query.tree, recorded)


def _metrics(
    tree: Expression, recorded: Recorded, depth: int = 0
) -> tuple[Metric | str, ...] | None:
    found: list[Metric | str] = []
    for one, around in nested(tree):
        if not isinstance(one, Selector) or _is_absence(around):
            continue
        series = find_series(one.metric)
        if series is not None:
            found.append(series.metric)
            continue
        made = recorded(one.metric) if one.metric and depth < _DEEPEST else None
        below = None if made is None else _metrics(made, recorded, depth + 1)
        if below is None and _may_be_any(one.metric):
            return None
        found += (one.metric,) if below is None else below
    return tuple(found)


def _is_absence(around: tuple[Expression, ...]) -> bool:
    """Whether it is asked for no more than whether there is such a series."""
    return any(isinstance(one, Call) and one.function.startswith("absent") for one in around)


def _may_be_any(name: str) -> bool:
    """Whether a metric is not named, is recorded elsewhere, or is newer than the tables."""
    exporter = exporter_of(name)
    return not name or (":" in name if exporter is None else bool(exporter.engine))


def _signals(metric: Metric | str, engine: str) -> Iterable[str]:
    """What a metric tells of the servers of an engine, be it by a name that is gone.

    What is no other engine's may be measured before them: that is told by its name.
    """
    if isinstance(metric, Metric) and metric.exporter.engine == engine:
        series = find_series(metric.instead) if metric.gone and metric.instead else None
        told = metric if series is None else series.metric
        return (_TOLD_BY.get(told.meaning, told.meaning),)
    if isinstance(metric, Metric) and metric_meaning(metric.exporter.engine, _GENERATES):
        return ()
    name = metric.name if isinstance(metric, Metric) else metric
    return [signal for signal, words in _WORDS.items() if any(word in name for word in words)]
