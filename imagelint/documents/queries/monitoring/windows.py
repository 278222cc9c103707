"""Whether the time of which a rate is taken holds two samples, as often as servers are asked."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import monitors
from imagelint.documents.kubernetes.wiring.nodes import SIGNS_OF_MONITORS, Monitor
from imagelint.documents.promql.durations import in_seconds
from imagelint.documents.promql.scrapes import (
    INTERVALS,
    SCRAPING,
    PrometheusConfig,
    ScrapeInterval,
)
from imagelint.documents.promql.tree import Call, Selector
from imagelint.documents.queries.monitoring.endpoints import watched_servers
from imagelint.knowledge.serving.metrics import exporter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.promql.query import Query
    from imagelint.documents.queries.links.scope import Scope

# What needs two samples of a series to say anything.
_OF_TWO = frozenset(("rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"))
_SAMPLES = 2


class ShortWindow(NamedTuple):
    """Samples of a time that hold no two for certain: seconds of it, and between two requests.

    `asker` is what has the server asked that often.
    """

    selector: Selector
    window: float
    interval: float
    asker: str


def short_windows(query: Query, scope: Scope) -> Iterator[ShortWindow]:
    """The times in a query that are shorter than two requests need."""
    for selector, around in query.selectors:
        window = value_or(selector.window, 0.0)
        if not window or not around or not _needs_two(around[-1]):
            continue
        found = _interval(selector.metric, scope)
        if found is not None and window < _SAMPLES * found[0]:
            yield ShortWindow(selector, window, *found)


def _needs_two(node: object) -> bool:
    return isinstance(node, Call) and node.function.lower() in _OF_TWO


def _interval(metric: str, scope: Scope) -> tuple[float, str] | None:
    """How often what shows a metric is asked, and by what; None where that is not known."""
    exporter = exporter_of(metric) if metric else None
    if exporter is None or not exporter.engine:
        return None
    engine = exporter.engine
    return scope.once(("asked every", engine), lambda: _asked_every(engine, scope))


def _asked_every(engine: str, scope: Scope) -> tuple[float, str] | None:
    told = list(_told(engine, scope))
    return None if not told or any(not one for one, _ in told) else min(told)


def _told(engine: str, scope: Scope) -> Iterator[tuple[float, str]]:
    """How often each that may ask servers of an engine does, 0 where that is not known."""
    for monitor in scope.below(monitors(), Monitor, SIGNS_OF_MONITORS):
        if not any(server.engine == engine for server in watched_servers(monitor, scope)):
            continue
        for one in monitor.endpoints:
            every = in_seconds(one.interval.value) if isinstance(one.interval, Known) else None
            yield every or 0.0, f"the {monitor.object.kind} `{monitor.object.name}`"
    found = scope.listed((PrometheusConfig.kind,), INTERVALS, ScrapeInterval, SCRAPING)
    for origin, job in found:
        if _is_near(dirname(origin), scope.folder):
            yield job.seconds, f"`{origin}`"


def _is_near(one: str, other: str) -> bool:
    """Whether of two folders one holds the other, or the same folder holds both."""
    parents = {dirname(one), dirname(other)}
    return one == other or one in parents or other in parents or len(parents) == 1
