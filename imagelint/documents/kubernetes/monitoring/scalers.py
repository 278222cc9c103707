"""What autoscalers look at: queries, and metrics by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.booleans import GO_YAML
from imagelint.documents.kubernetes.wiring.nodes import HorizontalPodAutoscaler, ScaledObject
from imagelint.documents.promql.query import MetricUse, query_nodes
from imagelint.documents.promql.reading import query_of
from imagelint.documents.promql.trigger import PrometheusTrigger
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.runtime.field import Field
from imagelint.knowledge.serving.metrics import is_metric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Metric, Trigger, Wiring
    from imagelint.documents.promql.query import Query
    from imagelint.documents.serving.scaling import Autoscaler
    from imagelint.documents.yaml.cursor import Cursor

_PROMETHEUS = "prometheus"
# These take MetricsQL, in which more is right.
_OTHERS = ("victoria", "vmselect", "vmsingle", "/select/")
# `prometheus.googleapis.com|vllm:num_requests_waiting|gauge`
_STACKDRIVER = "prometheus.googleapis.com"


def scaler_nodes(
    obj: KubernetesObject, wiring: Wiring | None, scaler: Autoscaler | None
) -> Iterator[Node]:
    """What an object that scales something looks at."""
    if isinstance(wiring, ScaledObject) and scaler is not None:
        for trigger in wiring.triggers:
            yield from _trigger(trigger, wiring, scaler)
    elif isinstance(wiring, HorizontalPodAutoscaler) and scaler is not None:
        for metric in wiring.metrics:
            yield from _metric(metric, scaler)
    else:
        yield from _of_others(obj)


def _of_others(obj: KubernetesObject) -> Iterator[Node]:
    """What a policy of Kthena, or a ScaledJob of KEDA, looks at."""
    if obj.kind == "AutoscalingPolicy":
        yield from _kthena(obj)
    elif obj.kind == "ScaledJob" and obj.group == "keda.sh":
        for place in obj.body.at("spec", "triggers").items():
            if place["type"].word() == _PROMETHEUS:
                query = _query(place["metadata"], obj.name)
                yield from () if query is None else query_nodes(query)


def _kthena(obj: KubernetesObject) -> Iterator[Node]:
    """What a policy of Kthena asks Prometheus; metrics that it asks pods for have their names."""
    from imagelint.documents.kubernetes.wiring.operated import kthena_sources

    for scaler, sources in kthena_sources(obj):
        for name, source in sources.entries():
            query = query_of(source.at("prometheus", "query"), "scaler", obj.name)
            yield from () if query is None else query_nodes(query, scaler)
            place = source.at("pod", "name")
            told = place.word() or name
            if source["pod"].exists and is_metric(told):
                span = place.span if place.exists else source.key_span
                use = MetricUse(span, place.path, told, "scaler", obj.name)
                yield use._replace(scaler=scaler)


def _trigger(trigger: Trigger, wiring: ScaledObject, scaler: Autoscaler) -> Iterator[Node]:
    if not isinstance(trigger.type, Known) or trigger.type.value != _PROMETHEUS:
        return
    metadata = trigger.metadata
    query = _query(metadata, scaler.name)
    if query is None:
        return
    kind = metadata["metricType"] if metadata["metricType"].exists else _beside(trigger)
    yield PrometheusTrigger(
        span=query.span,
        path=query.path,
        query=query,
        threshold=_number(metadata["threshold"]),
        activation=_number(metadata["activationThreshold"]),
        value=_is_value(kind),
        ignores_null=_boolean(metadata["ignoreNullValues"]),
        fallback=wiring.body.at("spec", "fallback").exists,
        scaler=scaler,
    )
    yield from query_nodes(query, scaler)


def _beside(trigger: Trigger) -> Cursor:
    """The trigger's own `metricType`, which stands beside its metadata."""
    above = trigger.metadata.parent
    return (above or trigger.metadata)["metricType"]


def _is_value(place: Cursor) -> Fact[bool]:
    fact = place.text()
    if fact is ABSENT:
        return Known(value=False)
    return Known(fact.value == "Value") if isinstance(fact, Known) else UNKNOWN


def _query(metadata: Cursor, name: str) -> Query | None:
    address = metadata["serverAddress"].word().lower()
    certain = not any(other in address for other in _OTHERS)
    return query_of(metadata["query"], "scaler", name, certain=certain)


def _number(place: Cursor) -> Field[float]:
    fact = place.text()
    if not isinstance(fact, Known):
        return Field(fact, place)
    number = parse_quantity(fact.value)
    return Field(UNKNOWN if number is None else Known(float(number), fact.span), place)


def _boolean(place: Cursor) -> Field[bool]:
    fact = place.text()
    if not isinstance(fact, Known):
        return Field(fact, place)
    told = GO_YAML.get(fact.value)
    return Field(UNKNOWN if told is None else Known(told, fact.span), place)


def _metric(metric: Metric, scaler: Autoscaler) -> Iterator[Node]:
    """A metric that an adapter serves, where it has the name that its exporter gave it."""
    name = metric.name
    if not isinstance(name, Known) or name.span is None:
        return
    words = name.value.split("|")
    told = words[1] if len(words) > 2 and words[0] == _STACKDRIVER else name.value  # noqa: PLR2004 - of three words
    if is_metric(told):
        use = MetricUse(metric.span, metric.path, told, "scaler", scaler.name)
        yield use._replace(scaler=scaler)
