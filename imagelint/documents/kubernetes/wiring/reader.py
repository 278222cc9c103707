"""Typed views of Services, routes and autoscalers from their bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known, value_or
from imagelint.core.source import Span
from imagelint.documents.kubernetes.wiring.nodes import (
    POOL,
    POOL_GROUPS,
    SERVICE,
    Backend,
    HorizontalPodAutoscaler,
    HTTPRoute,
    Ingress,
    Metric,
    Referring,
    ScaledObject,
    Service,
    ServicePort,
    Target,
    Trigger,
    VerticalPodAutoscaler,
)
from imagelint.documents.kubernetes.wiring.selectors import (
    plain_selector,
    read_selecting,
)
from imagelint.documents.runtime.field import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Wiring
    from imagelint.documents.yaml.cursor import Cursor

# kedacore/keda-docs:content/docs/2.21/concepts/scaling-deployments.md (Pausing autoscaling)
_PAUSES = tuple(
    f"autoscaling.keda.sh/{name}"
    for name in ("paused", "paused-replicas", "paused-scale-in", "paused-scale-out")
)
_NO = ("false", "")
# What a vertical autoscaler changes in pods that run, unless it says less.
_BOTH = ("cpu", "memory")
_CHANGING = ("Auto", "Recreate", "InPlaceOrRecreate")
_CLASS_ANNOTATION = "kubernetes.io/ingress.class"

# What names claims, caches and Services, beside what it is read as.
_REFERRING = frozenset(
    (
        ("apps.nvidia.com", "NIMService"),
        ("serving.kserve.io", "InferenceService"),
        ("serving.kserve.io", "LLMInferenceService"),
        ("networking.serving.volcano.sh", "ModelRoute"),
        ("kubeai.org", "Model"),
    )
)


def read_wiring(obj: KubernetesObject) -> Wiring | None:
    """The typed view of an object, None when it is of another kind."""
    match obj.group, obj.kind:
        case "", "Service":
            return _service(obj)
        case (("extensions" | "networking.k8s.io"), "Ingress"):
            return _ingress(obj)
        case "gateway.networking.k8s.io", "HTTPRoute":
            return _route(obj)
        case "autoscaling", "HorizontalPodAutoscaler":
            return _autoscaler(obj)
        case "autoscaling.k8s.io", "VerticalPodAutoscaler":
            return _vertical(obj)
        case "keda.sh", "ScaledObject":
            return _scaled_object(obj)
        case _:
            return _of_others(obj)


def read_referring(obj: KubernetesObject) -> Referring | None:
    """What an object of an operator names besides what it is itself; None for all others."""
    if (obj.group, obj.kind) in _REFERRING or (obj.kind == POOL and obj.group in POOL_GROUPS):
        return Referring(obj.span, obj, obj.body, obj.path)
    return None


def _of_others(obj: KubernetesObject) -> Wiring | None:
    match obj.group, obj.kind:
        case "keda.sh", "ScaledJob":
            return Referring(obj.span, obj, obj.body, obj.path, tuple(_pauses(obj, _PAUSES[:1])))
        case (
            ("keda.sh", "TriggerAuthentication")
            | ("argoproj.io", "Rollout")
            | ("flagger.app", "Canary")
        ):
            return Referring(obj.span, obj, obj.body, obj.path)
        case group, "InferencePool" if group in POOL_GROUPS:
            return _pool(obj)
        case "networking.serving.volcano.sh", "ModelServer":
            return _model_server(obj)
        case "apps.nvidia.com", "NIMService":
            from imagelint.documents.kubernetes.wiring.operated import nim_autoscaler

            return nim_autoscaler(obj)
        case (
            ("traefik.io" | "traefik.containo.us" | "projectcontour.io" | "networking.istio.io"),
            _,
        ):
            from imagelint.documents.kubernetes.wiring.routed import read_service_route

            return read_service_route(obj) or read_selecting(obj)
        case _:
            return read_selecting(obj)


def _service(obj: KubernetesObject) -> Service:
    spec = obj.body["spec"]
    ports = tuple(map(_port, spec["ports"].items()))
    selector = spec["selector"].pairs()
    return Service(
        span=obj.span,
        object=obj,
        body=obj.body,
        type=spec["type"].text(),
        selector=selector,
        ports=ports,
        path=obj.path,
        selected=plain_selector(spec["selector"]),
        headless=spec["clusterIP"].word() == "None",
    )


def _pool(obj: KubernetesObject) -> Service:
    """An InferencePool, whose older versions have labels without `matchLabels`, and one port.

    Source: kubernetes-sigs/gateway-api-inference-extension:api/v1/inferencepool_types.go,
    apix/v1alpha2/inferencepool_types.go
    """
    spec = obj.body["spec"]
    labels = spec.at("selector", "matchLabels")
    labels = labels if labels.exists else spec["selector"]
    places = [one["number"] for one in spec["targetPorts"].items()] or [spec["targetPortNumber"]]
    return _leading(obj, labels, places)


def _model_server(obj: KubernetesObject) -> Service:
    """Where Kthena's routes lead: pods, and the port on which their servers listen.

    volcano-sh/kthena@3cc0572: pkg/apis/networking/v1alpha1/modelserver_types.go
    """
    spec = obj.body["spec"]
    labels = spec.at("workloadSelector", "matchLabels")
    return _leading(obj, labels, [spec.at("workloadPort", "port")])


def _leading(obj: KubernetesObject, labels: Cursor, places: list[Cursor]) -> Service:
    """What leads to the ports of pods without being a Service."""
    ports = (
        ServicePort(
            span=one.span,
            name="",
            port=one.integer(),
            target=one.text(),
            node_port=ABSENT,
            path=one.parent.path if one.parent else "",
            called=ABSENT,
            field=one.key,
        )
        for one in places
    )
    return Service(
        span=obj.span,
        object=obj,
        body=obj.body,
        type=ABSENT,
        selector=labels.pairs(),
        ports=tuple(ports),
        path=obj.path,
        selected=plain_selector(labels),
        headless=False,
    )


def _port(place: Cursor) -> ServicePort:
    target = place["targetPort"].text()
    return ServicePort(
        span=place.span,
        name=place["name"].word(),
        port=place["port"].integer(),
        target=ABSENT if value_or(target, "") == "0" else target,  # 0 stands for `port`
        node_port=place["nodePort"].integer(),
        path=place.path,
        called=place["name"].text(),
    )


def _ingress(obj: KubernetesObject) -> Ingress:
    spec = obj.body["spec"]
    class_name = spec["ingressClassName"].text()
    if class_name is ABSENT:
        class_name = obj.annotation(_CLASS_ANNOTATION).text()
    backends = tuple(_ingress_backends(spec))
    return Ingress(
        span=obj.span,
        object=obj,
        body=obj.body,
        class_name=class_name,
        annotations=obj.annotations,
        backends=backends,
        tls=spec["tls"],
        path=obj.path,
    )


def _ingress_backends(spec: Cursor) -> Iterator[Backend]:
    places = [spec["defaultBackend"], spec["backend"]]
    for rule in spec["rules"].items():
        places += [path["backend"] for path in rule.at("http", "paths").items()]
    for place in places:
        if place["service"].exists:
            port = place.at("service", "port")
            fact = port["number"].text() if port["number"].exists else port["name"].text()
            yield Backend(place.span, place.at("service", "name").text(), fact, place.path)
        elif place["serviceName"].exists:
            name, port = place["serviceName"], place["servicePort"]
            yield Backend(place.span, name.text(), port.text(), place.path)


def _route(obj: KubernetesObject) -> HTTPRoute:
    spec = obj.body["spec"]
    rules = spec["rules"].items()
    parents = tuple(parent["name"].word() for parent in spec["parentRefs"].items())
    backends = tuple(
        Backend(
            place.span,
            place["name"].text(),
            place["port"].text(),
            place.path,
            namespace=place["namespace"].word(),
            kind=place["kind"].word() or SERVICE,
            group=place["group"].text(),
        )
        for rule in rules
        for place in rule["backendRefs"].items()
        if place["kind"].word() in ("", SERVICE, POOL)
    )
    timeouts = tuple(rule.at("timeouts", "request") for rule in rules)
    return HTTPRoute(
        span=obj.span,
        object=obj,
        body=obj.body,
        parents=parents,
        backends=backends,
        request_timeouts=timeouts,
        path=obj.path,
    )


def _autoscaler(obj: KubernetesObject) -> HorizontalPodAutoscaler:
    spec = obj.body["spec"]
    return HorizontalPodAutoscaler(
        span=obj.span,
        object=obj,
        body=spec,
        target=_target(spec["scaleTargetRef"]),
        min_replicas=spec["minReplicas"].integer(),
        max_replicas=spec["maxReplicas"].integer(),
        metrics=read_metrics(spec),
        path=obj.path,
    )


def read_metrics(spec: Cursor) -> tuple[Metric, ...]:
    """The metrics by which a HorizontalPodAutoscaler scales, as its spec tells."""
    metrics = [_metric(place) for place in spec["metrics"].items()]
    # autoscaling/v1 knows one metric, and has a field for it.
    old = spec["targetCPUUtilizationPercentage"]
    if old.exists:
        metrics.append(Metric(old.span, "Resource", Known("cpu", old.key_span), old, old.path))
    return tuple(metrics)


def _vertical(obj: KubernetesObject) -> VerticalPodAutoscaler:
    spec = obj.body["spec"]
    mode = spec.at("updatePolicy", "updateMode")
    changes = not mode.exists or mode.word() in _CHANGING
    policies = spec.at("resourcePolicy", "containerPolicies").items()
    named = [one["controlledResources"] for one in policies if one["controlledResources"].exists]
    words = tuple(item.word() for place in named for item in place.items()) if named else _BOTH
    return VerticalPodAutoscaler(
        obj.span, obj, _target(spec["targetRef"]), words if changes else (), obj.path
    )


def _metric(place: Cursor) -> Metric:
    """One entry; `autoscaling/v2beta1` writes the metric's name one level higher than v2."""
    kind = place["type"].word()
    inner = place[kind[:1].lower() + kind[1:]] if kind else place
    name = _first(inner["name"], inner.at("metric", "name"), inner["metricName"])
    span = name.span if isinstance(name, Known) and name.span else place.span
    return Metric(span, kind, name, place, place.path)


def _scaled_object(obj: KubernetesObject) -> ScaledObject:
    spec = obj.body["spec"]
    triggers = tuple(
        Trigger(
            trigger["type"].span,
            trigger["type"].text(),
            trigger["name"].word(),
            trigger["metadata"],
            trigger.path,
        )
        for trigger in spec["triggers"].items()
    )
    return ScaledObject(
        span=obj.span,
        object=obj,
        body=obj.body,
        target=_target(spec["scaleTargetRef"]),
        min_replicas=spec["minReplicaCount"].integer(),
        max_replicas=spec["maxReplicaCount"].integer(),
        idle_replicas=spec["idleReplicaCount"].integer(),
        cooldown_period=spec["cooldownPeriod"].integer(),
        polling_interval=spec["pollingInterval"].integer(),
        triggers=triggers,
        path=obj.path,
        pauses=tuple(_pauses(obj, _PAUSES)),
    )


def _pauses(obj: KubernetesObject, names: tuple[str, ...]) -> Iterator[tuple[str, Place]]:
    for name in names:
        place = obj.annotation(name)
        fact = place.text()
        if isinstance(fact, Known) and fact.value.lower() not in _NO:
            span = Span(place.key_span.start, max(place.key_span.end, place.span.end))
            yield name, Place(span, place.path)


def _target(place: Cursor) -> Target:
    return Target(place["name"].span, place["kind"].text(), place["name"].text(), place.path)


def _first(*places: Cursor) -> Fact[str]:
    for place in places:
        if place.exists:
            return place.text()
    return ABSENT
