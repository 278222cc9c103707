"""Whether anything asks a server for its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.landmarks import (
    NO_LABEL,
    metrics_scaling,
    monitors,
    monitors_selecting,
    services_selecting,
    vague_monitors,
)
from imagelint.documents.kubernetes.wiring.nodes import SIGNS_OF_MONITORS, Monitor, Service
from imagelint.documents.promql.query import MetricUse
from imagelint.documents.promql.trigger import MetricThreshold
from imagelint.documents.queries.links.scope import same
from imagelint.documents.queries.monitoring.servers import OF_MODELS
from imagelint.documents.serving.scaling import SIGNS_OF_SCALERS
from imagelint.knowledge.serving.metrics import find_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.project import Word
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand

    Labels = tuple[tuple[str, str], ...]

# Who scrapes what says so: Prometheus' old habit, Datadog, OpenTelemetry, KServe and Knative.
_NEGATED = ("disable", "no-")
_ANNOTATED = ("prometheus.io/scrape", "ad.datadoghq.com/", "sidecar.opentelemetry.io/", "scrape")
_WATCHED = ("watched",)


def monitored_nearby(scope: Scope) -> bool:
    """Whether monitors stand in the same folder or right below, and all selectors are known.

    What is far away in a repository is of another installation.
    """
    if any(True for _ in scope.anywhere(vague_monitors(), Monitor, SIGNS_OF_MONITORS)):
        return False
    nearby = scope.below(monitors(), Monitor, SIGNS_OF_MONITORS)
    return scope.once(monitors(), lambda: any(True for _ in nearby))


def is_scraped(pod: Pod, scope: Scope) -> bool:
    """Whether a monitor, or an annotation, has a pod asked for its metrics."""
    if says_scrape(pod) or any(True for _ in _monitors_of(pod, scope)):
        return True
    return any(_annotated(one.object) for one in _services(pod, scope, _ANNOTATED))


def is_scaled_by(pod: Pod, engine: str, scope: Scope, served: Callable[[str], str]) -> bool:
    """Whether an autoscaler of what makes a pod looks at metrics of an engine that it may have.

    `served` gives the metric that an adapter serves under a name, empty where none is known.
    """
    owner = pod.owner
    if not owner.name:
        return False

    def fits(use: MetricUse) -> bool:
        series = find_series(use.name)
        own = series is not None and series.metric.exporter.engine == engine
        near = use.scaler is not None and same(use.scaler.namespace, owner.namespace)
        return own and near and _may_be_of(pod, use)

    def fits_by_name(asked: MetricThreshold) -> bool:
        series = find_series(served(asked.name))
        own = series is not None and series.metric.exporter.engine == engine
        return own and same(asked.scaler.namespace, owner.namespace)

    key = metrics_scaling(owner.kind, owner.name)
    if scope.nearest(key, MetricUse, fits, SIGNS_OF_SCALERS).nodes:
        return True
    return bool(scope.nearest(key, MetricThreshold, fits_by_name, SIGNS_OF_SCALERS).nodes)


def _may_be_of(pod: Pod, use: MetricUse) -> bool:
    """Whether all series that are asked for by values of labels may be those of a pod.

    What decides the labels of a target is not seen, but they are names: of its workload, its app or
    its namespace. Who asks for others asks other servers.
    """
    if use.query is None:
        return True
    names = {pod.owner.name, pod.owner.namespace, *(value for _, value in pod.labels)} - {""}
    for selector, _ in use.query.selectors:
        if use.query.at(selector.name).span != use.span:
            continue
        for one in selector.matchers:
            if one.label in OF_MODELS or one.operator not in ("=", "=~"):
                continue
            if not one.value or not any(name in one.value for name in names):
                return False
    return True


def says_scrape(pod: Pod) -> bool:
    """Whether an annotation of a pod, or of the object that makes it, has it asked."""
    return _says(pod.annotations) or _annotated(pod.owner)


def _annotated(obj: KubernetesObject) -> bool:
    return _says(obj.annotations)


def _says(annotations: tuple[tuple[str, str], ...]) -> bool:
    return any(
        value.lower() != "false" and any(word in name for word in _ANNOTATED)
        for name, value in annotations
    )


def _monitors_of(pod: Pod, scope: Scope) -> Iterator[Monitor]:
    yield from _monitors("Pod", pod.labels, scope)
    # Where nothing watches anything, no Service needs to be looked for.
    found = scope.anywhere(monitors(), Monitor, SIGNS_OF_MONITORS)
    if scope.once(_WATCHED, lambda: any(True for _ in found)):
        for service in _services(pod, scope):
            yield from _monitors("Service", service.object.labels, scope)


def _monitors(kind: str, labels: Labels, scope: Scope) -> Iterator[Monitor]:
    """The monitors that select what has some labels."""
    for label, value in dict.fromkeys(labels):
        key = monitors_selecting(kind, label, value)
        for one in scope.anywhere(key, Monitor, SIGNS_OF_MONITORS):
            if one.selector.matches(labels):
                yield one


def _services(pod: Pod, scope: Scope, word: Word = "") -> Iterator[Service]:
    for label, value in dict.fromkeys((*pod.labels, NO_LABEL)):
        for one in scope.anywhere(services_selecting(label, value), Service, word):
            if one.selects(pod.labels) and same(one.object.namespace, pod.owner.namespace):
                yield one


def unshown_metrics(server: ServingCommand) -> str:
    """What would have a server show its metrics, where they are certainly switched off; or empty.

    That is a flag to add, or, with a minus in front, one to drop.
    """
    facts = server.facts
    metrics = facts.metrics if facts else None
    if metrics is None or not metrics.switch or not server.complete:
        return ""
    told = server.enabled(metrics.switch)
    if metrics.default == "off":
        off = told is ABSENT or told == Known(value=False, span=getattr(told, "span", None))
        return f"--{metrics.switch}" if off else ""
    switched = isinstance(told, Known) and told.value is metrics.switch.startswith(_NEGATED)
    return f"---{metrics.switch}" if switched else ""
