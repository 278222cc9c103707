"""What autoscalers look at: queries, and metrics by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.booleans import GO_YAML
from imagelint.documents.kubernetes.wiring.nodes import HorizontalPodAutoscaler, ScaledObject
from imagelint.documents.promql.query import MetricUse, query_nodes
from imagelint.documents.promql.reading import query_of
from imagelint.documents.promql.trigger import MetricThreshold, PrometheusTrigger, ResultBound
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.runtime.field import Field
from imagelint.knowledge.serving.metrics import is_metric, served_metric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Metric, Trigger, Wiring
    from imagelint.documents.promql.query import Query
    from imagelint.documents.serving.scaling import Autoscaler
    from imagelint.documents.yaml.cursor import Cursor

_PROMETHEUS = "prometheus"
_NIM = "NIMService"
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
    elif scaler is not None and obj.kind == "PodAutoscaler":
        yield from _aibrix(obj, scaler)
    elif scaler is not None and obj.kind == "InferenceService":
        yield from _of_predictor(obj, scaler)
    else:
        yield from _of_others(obj)


def _of_others(obj: KubernetesObject) -> Iterator[Node]:
    """What a policy of Kthena, or a ScaledJob of KEDA, looks at."""
    if obj.kind == "AutoscalingPolicy":
        yield from _kthena(obj)
    elif obj.kind == "ScaledJob" and obj.group == "keda.sh":
        for place in obj.body.at("spec", "triggers").items():
            if place["type"].word() == _PROMETHEUS:
                yield from _of_job(place["metadata"], obj.name)


def _of_job(metadata: Cursor, name: str) -> Iterator[Node]:
    """What decides how many Jobs are started."""
    query = _query(metadata, name)
    if query is None:
        return
    bound = _number(metadata["threshold"])
    yield ResultBound(bound.span, bound.path, name, ">", bound, query)
    yield from query_nodes(query)


def _of_predictor(obj: KubernetesObject, scaler: Autoscaler) -> Iterator[Node]:
    """The queries of a predictor of KServe, of which it makes triggers of KEDA.

    The result is always that of all replicas, whatever `target.type` says, and what stands for none
    is KEDA's. kserve/kserve@aaac4e2: pkg/controller/v1beta1/inferenceservice/reconcilers/keda/
    """
    for place in obj.body.at("spec", "predictor", "autoScaling", "metrics").items():
        metric = place.at("external", "metric")
        query = _query(metric, scaler.name) if _asks_prometheus(metric) else None
        if query is None:
            continue
        yield PrometheusTrigger(
            span=query.span,
            path=query.path,
            query=query,
            threshold=_number(place.at("external", "target", "value")),
            activation=Field(ABSENT, metric),
            value=Known(value=False),
            ignores_null=Field(UNKNOWN, metric),
            fallback=False,
            scaler=scaler,
        )
        yield from query_nodes(query, scaler)


def _asks_prometheus(metric: Cursor) -> bool:
    return metric["backend"].word() == _PROMETHEUS


def _kthena(obj: KubernetesObject) -> Iterator[Node]:
    """What a policy of Kthena asks Prometheus; metrics that it asks pods for have their names."""
    from imagelint.documents.kubernetes.wiring.operated import kthena_sources

    for metric in obj.body.at("spec", "metrics").items():
        place = metric["metricName"]  # of policies that a binding hands on
        if is_metric(place.word()):
            use = MetricUse(place.span, place.path, place.word(), "scaler", obj.name)
            yield use._replace(exact=True)
    for scaler, sources in kthena_sources(obj):
        yield from () if scaler is None else _kthena_targets(obj, sources, scaler)
        for name, source in sources.entries():
            query = query_of(source.at("prometheus", "query"), "scaler", obj.name)
            yield from () if query is None else query_nodes(query, scaler)
            place = source.at("pod", "name")
            told = place.word() or name
            if source["pod"].exists and is_metric(told):
                span = place.span if place.exists else source.key_span
                use = MetricUse(span, place.path, told, "scaler", obj.name)
                yield use._replace(scaler=scaler)


def _kthena_targets(obj: KubernetesObject, sources: Cursor, scaler: Autoscaler) -> Iterator[Node]:
    """What each replica is to have, on average, of what is read at the pods.

    volcano-sh/kthena@v1.0.0: pkg/autoscaler/algorithm/recommendation.go
    """
    for metric in obj.body.at("spec", "metrics").items():
        source = sources[metric["name"].word()]
        threshold = _number(metric["targetValue"])
        if source["pod"].exists and isinstance(threshold.value, Known):
            yield MetricThreshold(
                span=metric["name"].span,
                path=metric["name"].path,
                name=source.at("pod", "name").word() or metric["name"].word(),
                threshold=threshold,
                value=Known(value=False),
                scaler=scaler,
            )


def _trigger(trigger: Trigger, wiring: ScaledObject, scaler: Autoscaler) -> Iterator[Node]:
    if not isinstance(trigger.type, Known) or trigger.type.value != _PROMETHEUS:
        return
    metadata = trigger.metadata
    query = _query(metadata, scaler.name)
    if query is None:
        return
    kind = metadata["metricType"] if metadata["metricType"].exists else _beside(trigger)
    # A formula makes one number of all results, which has a target of its own.
    computed = wiring.body.at("spec", "advanced", "scalingModifiers", "formula").exists
    places = (metadata["threshold"], metadata["activationThreshold"])
    threshold, activation = (Field(UNKNOWN, at) if computed else _number(at) for at in places)
    yield PrometheusTrigger(
        span=query.span,
        path=query.path,
        query=query,
        threshold=threshold,
        activation=activation,
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
    exact = len(words) > 2 and words[0] == _STACKDRIVER  # noqa: PLR2004 - of three words
    told = words[1] if exact else name.value
    asked = told if is_metric(told) else served_metric(told)
    if asked:
        use = MetricUse(metric.span, metric.path, asked, "scaler", scaler.name)
        yield use._replace(scaler=scaler, exact=exact)
    target = metric.body.at(metric.type.lower(), "target")
    average = target["averageValue"]
    threshold = _number(average if average.exists else target["value"])
    if metric.type != "Resource" and isinstance(threshold.value, Known):
        yield MetricThreshold(
            span=metric.span,
            path=metric.path,
            name=told,
            threshold=threshold,
            value=Known(value=not average.exists),
            scaler=scaler,
            short=scaler.kind == _NIM,
        )


def _aibrix(obj: KubernetesObject, scaler: Autoscaler) -> Iterator[Node]:
    """The metrics that AIBrix reads of pods, by names of its own that are those of all engines.

    vllm-project/aibrix:pkg/metrics/metrics.go, pkg/controller/podautoscaler/
    """
    for source in obj.body.at("spec", "metricsSources").items():
        name = source["targetMetric"]
        if source["metricSourceType"].word().lower() != "pod" or not name.word():
            continue
        if is_metric(name.word()):
            use = MetricUse(name.span, name.path, name.word(), "scaler", scaler.name)
            yield use._replace(scaler=scaler, exact=True)
        threshold = _number(source["targetValue"])
        if isinstance(threshold.value, Known):
            yield MetricThreshold(
                span=name.span,
                path=name.path,
                name=name.word(),
                threshold=threshold,
                value=Known(value=False),
                scaler=scaler,
                short=True,
            )
