"""Labels, and values of them, by which a query selects series that nobody shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import PodPlace, routing, serving
from imagelint.documents.queries.monitoring.servers import servers_of_engine
from imagelint.knowledge.serving.metrics import find_series, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.promql.query import Query
    from imagelint.documents.promql.tree import Matcher, Selector
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.knowledge.serving.metrics import Metric, SeriesLabel

_BOUND = "le"
_ASKING = ("=", "=~")
# Of so many servers of an engine it is asked under which names they serve.
_MOST = 32


class Unmatched(NamedTuple):
    """What a query asks of a label that no series has, and what is there instead, if that is told.

    `kind` is `label` where it is called otherwise, `value` where it has others, `le` where the
    histogram has no such bucket, and `model` where no server serves under that name.
    """

    matcher: Matcher
    metric: Metric
    kind: str
    instead: tuple[str, ...]


def unmatched_labels(query: Query, scope: Scope) -> Iterator[Unmatched]:
    """The labels in a query that select none of the series of its metric."""
    for selector, _ in query.selectors:
        series = find_series(selector.metric) if selector.metric else None
        if series is None or not series.exists or not selector.matchers:
            continue
        for matcher in selector.matchers:
            if matcher.operator not in _ASKING or not matcher.value:
                continue
            found = (
                _of_bound(matcher, series.metric, scope)
                if matcher.label == _BOUND
                else _of_label(matcher, series.metric, scope, selector)
            )
            if found is not None:
                yield found


def _of_bound(matcher: Matcher, metric: Metric, scope: Scope) -> Unmatched | None:
    """The bound of a bucket that there is not; as it is written, for labels are text."""
    number = _number(matcher.value or "")
    if not metric.buckets or number is None or matcher.operator != "=":
        return None
    written = [_written(one) for one in metric.buckets]
    if matcher.value in written or _are_changed(metric, scope):
        return None
    return Unmatched(matcher, metric, _BOUND, _nearest(number, metric.buckets))


def _written(bound: float) -> str:
    """A bound as the label `le` has it."""
    return repr(float(bound))


def _number(text: str) -> float | None:
    digits = text.replace(".", "", 1)
    return float(text) if digits.isdecimal() and digits.isascii() and len(text) <= 15 else None  # noqa: PLR2004 - digits of a double


def _nearest(number: float, bounds: tuple[float, ...]) -> tuple[str, ...]:
    """The same bound as it is written, else those around it."""
    below = [one for one in bounds if one <= number]
    above = [one for one in bounds if one >= number]
    return tuple(map(_written, dict.fromkeys([*below[-1:], *above[:1]])))


def _are_changed(metric: Metric, scope: Scope) -> bool:
    """Whether a server in sight may have been told other bounds."""
    servers = servers_of_engine(metric.exporter.engine, scope)
    return any(
        not one.complete or one.switch(flag) is not ABSENT
        for one in servers
        for flag in metric.exporter.bucket_flags
    )


def _of_label(
    matcher: Matcher, metric: Metric, scope: Scope, selector: Selector
) -> Unmatched | None:
    for one in labels_of(metric):
        if matcher.label in one.mistaken and selector.label(one.label) is None:
            if _is_own(matcher, one):
                return Unmatched(matcher, metric, "label", (one.label,))
        elif matcher.label == one.label and matcher.operator == "=":
            if one.values and matcher.value not in one.values:
                return Unmatched(matcher, metric, "value", one.values)
            names = _served(metric.exporter.engine, one, scope) if one.named_by else ()
            if names and matcher.value not in names:
                return Unmatched(matcher, metric, "model", names)
    return None


def _is_own(matcher: Matcher, label: SeriesLabel) -> bool:
    """Whether it must be the exporter's label that is meant, and not one of the target.

    Labels of pods, which monitors may hand on, have no slash in their values.
    """
    value = matcher.value or ""
    return value in label.values if label.values else bool(label.named_by) and "/" in value


def _served(engine: str, label: SeriesLabel, scope: Scope) -> tuple[str, ...]:
    """The names under which all servers of the run that may be asked serve; none: not known."""
    if next(scope.anywhere(routing(), PodPlace), None) is not None:
        return ()

    def find() -> tuple[str, ...]:
        places = list(scope.listed(("kubernetes",), serving(engine), PodPlace))
        pods = [(at, scope.pod(at, place)) for at, place in places[: _MOST + 1]]
        if not pods or len(pods) > _MOST:
            return ()
        servers = [
            one
            for at, pod in pods
            for one in (() if pod is None else scope.servers(at, pod))
            if one.engine == engine
        ]
        names = [_names(one, label) for one in servers]
        return tuple(dict.fromkeys(each for one in names for each in one)) if all(names) else ()

    return scope.once(("served names", engine, label.label), find)


def _names(server: ServingCommand, label: SeriesLabel) -> tuple[str, ...]:
    """The names under which a server serves; none where they are not known."""
    if not server.complete or server.concluded:
        return ()
    for flag in label.named_by:
        told = server.switch(flag)
        if isinstance(told, Known):
            return tuple(told.value.replace(",", " ").split())
        if told is not ABSENT:
            return ()
    return (server.model.value,) if isinstance(server.model, Known) else ()
