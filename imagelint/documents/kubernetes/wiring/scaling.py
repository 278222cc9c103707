"""Autoscalers of every kind, as one node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.kubernetes.wiring.nodes import HorizontalPodAutoscaler, ScaledObject
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.runtime.field import Field
from imagelint.documents.serving.scaling import Autoscaler, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Metric, Trigger, Wiring
    from imagelint.documents.yaml.cursor import Cursor

# kedacore/keda-docs:content/docs/2.21/reference/scaledobject-spec.md
# kedacore/http-add-on:docs/ref/v0.11.0/http_scaled_object.md
_KEDA_MINIMUM, _KEDA_MAXIMUM = 0, 100
_BEHAVIOUR = ("horizontalPodAutoscalerConfig", "behavior", "scaleDown")
_KNATIVE = "autoscaling.knative.dev"
_CLASS = "serving.kserve.io/autoscalerClass"
_MODE = "serving.kserve.io/deploymentMode"
_WITHOUT_KNATIVE = ("RawDeployment", "Standard", "ModelMesh")


def read_autoscalers(obj: KubernetesObject, wiring: Wiring | None) -> tuple[Autoscaler, ...]:
    """The autoscalers that an object is or brings.

    `wiring` is the typed view of the object.
    """
    if isinstance(wiring, HorizontalPodAutoscaler):
        return (_horizontal(wiring),)
    if isinstance(wiring, ScaledObject):
        return (_scaled_object(wiring),)
    read = _BY_KIND.get((obj.group, obj.kind))
    if read is not None:
        return (read(obj),)
    if obj.kind == "RayService":
        from imagelint.documents.kubernetes.wiring.rayserve import serve_autoscalers

        return tuple(serve_autoscalers(obj))
    if obj.kind not in ("AutoscalingPolicy", "AutoscalingPolicyBinding"):
        return ()
    from imagelint.documents.kubernetes.wiring.operated import kthena_autoscalers

    return tuple(scaler for scaler, _ in kthena_autoscalers(obj))


def _horizontal(scaler: HorizontalPodAutoscaler) -> Autoscaler:
    obj = scaler.object
    return Autoscaler(
        span=scaler.span,
        kind=obj.kind,
        name=obj.name,
        namespace=obj.namespace,
        target_kind=scaler.target.kind,
        target_name=scaler.target.name,
        minimum=_default(scaler.min_replicas, 1),
        idle=ABSENT,
        maximum=scaler.max_replicas,
        signals=tuple(_signal(metric) for metric in scaler.metrics) or tuple(_by_default(scaler)),
        floor=scaler.body["minReplicas"],
        idle_place=scaler,
        path=scaler.path,
        annotations=obj.annotations,
        behaves=scaler.body.at("behavior", "scaleDown").exists,
    )


def _by_default(scaler: HorizontalPodAutoscaler) -> Iterator[Signal]:
    """Without metrics it is 80 % of the CPU that is requested.

    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
    """
    metrics = scaler.body["metrics"]
    if not metrics.exists or metrics.null:
        yield Signal(metrics.span, "cpu", metrics.path)


def _signal(metric: Metric) -> Signal:
    if metric.type in ("Resource", "ContainerResource"):
        kind = metric.name.value if isinstance(metric.name, Known) else ""
    else:
        kind = metric.type.lower()
    return Signal(metric.span, kind, metric.path)


def _scaled_object(scaler: ScaledObject) -> Autoscaler:
    obj = scaler.object
    kind = scaler.target.kind
    return Autoscaler(
        span=scaler.span,
        kind=obj.kind,
        name=obj.name,
        namespace=obj.namespace,
        target_kind=Known("Deployment") if kind is ABSENT else kind,
        target_name=scaler.target.name,
        minimum=_default(scaler.min_replicas, _KEDA_MINIMUM),
        idle=scaler.idle_replicas,
        maximum=_default(scaler.max_replicas, _KEDA_MAXIMUM),
        signals=tuple(_trigger(trigger) for trigger in scaler.triggers),
        floor=scaler.body.at("spec", "minReplicaCount"),
        idle_place=scaler.body.at("spec", "idleReplicaCount"),
        path=scaler.path,
        annotations=obj.annotations,
        behaves=scaler.body.at("spec", "advanced", *_BEHAVIOUR).exists,
        cooldown=Field(scaler.cooldown_period, scaler.body.at("spec", "cooldownPeriod")),
    )


def _http_scaled_object(obj: KubernetesObject) -> Autoscaler:
    """What the add-on of KEDA scales by the requests that wait in its own proxy."""
    spec = obj.body["spec"]
    floor = spec["replicas"]["min"]
    target = spec["scaleTargetRef"]
    kind, metric = target["kind"].text(), spec["scalingMetric"]
    signal = "rps" if metric["requestRate"].exists else "concurrency"
    return Autoscaler(
        span=obj.span,
        kind=obj.kind,
        name=obj.name,
        namespace=obj.namespace,
        target_kind=Known("Deployment") if kind is ABSENT else kind,
        target_name=target["name"].text() if target["name"].exists else target["deployment"].text(),
        minimum=_default(floor.integer(), _KEDA_MINIMUM),
        idle=ABSENT,
        maximum=_default(spec["replicas"]["max"].integer(), _KEDA_MAXIMUM),
        signals=(Signal(metric.span, signal, metric.path),),
        floor=floor,
        idle_place=obj,
        path=obj.path,
    )


def _pod_autoscaler(obj: KubernetesObject) -> Autoscaler:
    """What AIBrix scales by the metrics that servers show, or by its own strategies.

    vllm-project/aibrix:config/crd/autoscaling/autoscaling.aibrix.ai_podautoscalers.yaml
    """
    spec = obj.body["spec"]
    floor, target = spec["minReplicas"], spec["scaleTargetRef"]
    least = floor.integer()
    return Autoscaler(
        span=obj.span,
        kind=obj.kind,
        name=obj.name,
        namespace=obj.namespace,
        target_kind=target["kind"].text(),
        target_name=target["name"].text(),
        minimum=UNKNOWN if least is ABSENT else least,
        idle=ABSENT,
        maximum=spec["maxReplicas"].integer(),
        signals=tuple(map(_source, spec["metricsSources"].items())),
        floor=floor,
        idle_place=obj,
        path=obj.path,
        annotations=obj.annotations,
        part=spec.at("subTargetSelector", "roleName").word(),
    )


def _source(place: Cursor) -> Signal:
    kind = place["metricSourceType"].word().lower()
    name = place["targetMetric"].word() if kind == "resource" else kind
    return Signal(place.span, name, place.path)


def _trigger(trigger: Trigger) -> Signal:
    kind = trigger.type.value if isinstance(trigger.type, Known) else ""
    return Signal(trigger.span, kind.lower(), trigger.path)


def _inference_service(obj: KubernetesObject) -> Autoscaler:
    predictor = obj.body.at("spec", "predictor")
    floor = predictor["minReplicas"]
    return _itself(
        obj,
        "InferenceService",
        floor,
        _default(floor.integer(), 1),
        predictor["maxReplicas"].integer(),
        tuple(_predictor_signals(predictor))
        or tuple(_by_class(obj.annotation(_CLASS)))
        or tuple(_handed_on(obj)),
    )


def _handed_on(obj: KubernetesObject) -> Iterator[Signal]:
    """What Knative scales by, which KServe hands its annotations on to where it is asked for."""
    if obj.annotation(_MODE).word() not in _WITHOUT_KNATIVE:
        yield from _knative_signals(obj.body.at("metadata", "annotations"))


def _by_class(chosen: Cursor) -> Iterator[Signal]:
    """A HorizontalPodAutoscaler that is asked for, and told no metric, looks at the CPU.

    kserve/kserve:pkg/controller/v1beta1/inferenceservice/reconcilers/hpa/hpa_reconciler.go
    """
    if chosen.word() == "hpa":
        yield Signal(chosen.span, "cpu", chosen.path)


def _predictor_signals(predictor: Cursor) -> Iterator[Signal]:
    short = predictor["scaleMetric"]
    if short.exists:
        yield Signal(short.span, short.word().lower(), short.path)
    for metric in predictor.at("autoScaling", "metrics").items():
        kind = metric["type"].word()
        name = metric.at("resource", "name").word() if kind == "Resource" else kind.lower()
        yield Signal(metric.key_span, name, metric.path)


def _knative(obj: KubernetesObject) -> Autoscaler:
    annotations = obj.body.at("spec", "template", "metadata", "annotations")
    floor = _annotation(annotations, "min-scale", "minScale")
    signals = tuple(_knative_signals(annotations))
    ceiling = _number(_annotation(annotations, "max-scale", "maxScale"))
    return _itself(obj, "Knative", floor, _default(_number(floor), 0), ceiling, signals)


def _knative_signals(annotations: Cursor) -> Iterator[Signal]:
    """The metric that is looked at; the CPU where the class is told, and no metric.

    https://knative.dev/docs/serving/autoscaling/autoscaling-metrics/
    """
    metric, chosen = annotations[f"{_KNATIVE}/metric"], annotations[f"{_KNATIVE}/class"]
    if metric.exists:
        yield Signal(metric.span, metric.word().lower(), metric.path)
    elif chosen.word() == f"hpa.{_KNATIVE}":
        yield Signal(chosen.span, "cpu", chosen.path)


def _annotation(annotations: Cursor, *names: str) -> Cursor:
    places = [annotations[f"{_KNATIVE}/{name}"] for name in names]
    return next((place for place in places if place.exists), places[0])


def _number(place: Cursor) -> Fact[int]:
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    number = parse_quantity(fact.value)
    return UNKNOWN if number is None else Known(int(number), fact.span)


def _itself(  # noqa: PLR0913, PLR0917 - the parts of one node
    obj: KubernetesObject,
    kind: str,
    floor: Cursor,
    minimum: Fact[int],
    maximum: Fact[int],
    signals: tuple[Signal, ...],
) -> Autoscaler:
    """The autoscaler of an object that holds its pods itself."""
    return Autoscaler(
        span=obj.span,
        kind=kind,
        name=obj.name,
        namespace=obj.namespace,
        target_kind=Known(obj.kind),
        target_name=Known(obj.name),
        minimum=minimum,
        idle=ABSENT,
        maximum=maximum,
        signals=signals,
        floor=floor,
        idle_place=obj,
        path=obj.path,
    )


def _default(fact: Fact[int], value: int) -> Fact[int]:
    return Known(value) if fact is ABSENT else fact


_BY_KIND: dict[tuple[str, str], Callable[[KubernetesObject], Autoscaler]] = {
    ("autoscaling.aibrix.ai", "PodAutoscaler"): _pod_autoscaler,
    ("http.keda.sh", "HTTPScaledObject"): _http_scaled_object,
    ("serving.kserve.io", "InferenceService"): _inference_service,
    ("serving.knative.dev", "Service"): _knative,
}
