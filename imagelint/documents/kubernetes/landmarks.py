"""What is asked of a manifest from elsewhere: Services by name, pods by how they are met.

The keys are functions, so that who puts something under one and who asks for it say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.base import Landmark
from imagelint.documents.kubernetes.pods.shapes import (
    is_group,
    is_rollout,
    keeps_template,
    may_hold_pods,
)
from imagelint.documents.kubernetes.references import NamedObject, object_landmarks
from imagelint.documents.kubernetes.wiring.nodes import POOL, SERVICE, Monitor, Service
from imagelint.documents.serving.scaling import Autoscaler, Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Key
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import Container, KubernetesObject, Pod

_BACKEND_CONFIGS = ("cloud.google.com/backend-config", "beta.cloud.google.com/backend-config")
# Of these, no operator makes pods, or Services that others select.
_WITHOUT_PODS = (
    *("keda.sh", "monitoring.coreos.com", "azmonitoring.coreos.com", "cert-manager.io"),
    *(
        "external-secrets.io",
        "bitnami.com",
        "networking.istio.io",
        "security.istio.io",
        "cloud.google.com",
    ),
    *("networking.gke.io", "config.k8s.io", "kustomize.config.k8s.io", "autoscaling.k8s.io"),
    *("monitoring.googleapis.com", "operator.victoriametrics.com", "integreatly.org"),
    *("autoscaling.aibrix.ai", "inference.networking.x-k8s.io", "sloth.slok.dev", "pyrra.dev"),
)
# And these kinds of groups of which others do.
_KINDS_WITHOUT_PODS = {
    "argoproj.io": ("AnalysisTemplate", "ClusterAnalysisTemplate", "AppProject"),
    "flagger.app": ("MetricTemplate", "AlertProvider"),
}
# Istio, Envoy Gateway, Kuadrant, Kong, Traefik (a Middleware may do so), GKE and APISIX.
AUTHENTICATORS = (
    *("AuthorizationPolicy", "RequestAuthentication", "SecurityPolicy", "AuthPolicy", "AuthConfig"),
    *("KongPlugin", "KongClusterPlugin", "KongConsumer", "Middleware", "ApisixConsumer"),
)
# What defines other kinds, and what changes their objects before they are validated.
_DEFINING = ("CustomResourceDefinition", "MutatingWebhookConfiguration")
_QUOTED = pattern(r'"([^"]+)(?=")')


ANYWHERE = "*"


class PodPlace(NamedTuple):
    """Where a pod stands in its manifest, and how others meet it.

    `owner` is the place of the object that holds it, and `name` its name: a template may make
    several in one place. `path` is that of the pod's spec, `namespace` empty where none is written.
    `settled` tells that its labels are certainly these, and no others.
    """

    span: Span
    owner: Span
    name: str
    path: str
    namespace: str
    labels: tuple[tuple[str, str], ...]
    settled: bool


def service_named(name: str) -> Key:
    """Services of a name."""
    return ("service", name)


def pool_named(name: str) -> Key:
    """InferencePools of a name."""
    return ("pool", name)


def service_bound_to(config: str) -> Key:
    """Services that an annotation binds to a BackendConfig."""
    return ("service bound to", config)


_NAMED = {SERVICE: service_named, POOL: pool_named}
NO_LABEL = ("", "")
SERVICES_MADE = ("services made",)


def services_selecting(label: str, value: str) -> Key:
    """Services that select pods by a label, and maybe by others besides.

    Those are under `NO_LABEL` of which none is known to be one of a template.
    """
    return ("services selecting", label, value)


def labelled(kind: str, label: str, value: str) -> Key:
    """Objects of a kind with a label of their own: Services."""
    return ("labelled", kind, label, value)


def open_in(namespace: str) -> Key:
    """What may be, or make, pods and Services of which not all labels are seen.

    Those without a namespace are under the empty one, all of them under `ANYWHERE`.
    """
    return ("open in", namespace)


def scalers_of(kind: str, name: str) -> Key:
    """The autoscalers of a workload."""
    return ("scalers of", kind, name)


def metrics_scaling(kind: str, name: str) -> Key:
    """The metrics that autoscalers of a workload look at."""
    return ("metrics scaling", kind, name)


def metric_template(name: str) -> Key:
    """Flagger's MetricTemplates of a name that ask Prometheus."""
    return ("metric template", name)


def pods_of(kind: str, name: str) -> Key:
    """The pods that an object holds."""
    return ("pods of", kind, name)


def routes_with(kind: str, name: str) -> Key:
    """The routes to which an object is attached that says how they are served."""
    return ("routes with", kind, name)


def pods_mounting(claim: str) -> Key:
    """The pods that have a claim among their volumes."""
    return ("pods mounting", claim)


def pods_configured(config_map: str) -> Key:
    """The pods that have a ConfigMap among their volumes."""
    return ("pods configured", config_map)


def ending_with_gpus() -> Key:
    """The pods that end and ask for accelerators: those of Jobs."""
    return ("ending with gpus",)


def monitors_selecting(kind: str, label: str, value: str) -> Key:
    """The monitors that select pods or Services (`kind`) by a label, and maybe by others."""
    return ("monitors selecting", kind, label, value)


def monitors() -> Key:
    """All monitors."""
    return ("monitors",)


def vague_monitors() -> Key:
    """The monitors that select everything, or what a template says."""
    return ("vague monitors",)


def serving(engine: str) -> Key:
    """The pods in which a server of an engine runs."""
    return ("serving", engine)


def routing() -> Key:
    """The pods in which the router of an engine runs."""
    return ("routing",)


def pods_labelled(label: str, value: str) -> Key:
    """The pods with a label."""
    return ("pods labelled", label, value)


def quotas(resource: str, namespace: str) -> Key:
    """The quotas of a resource in a namespace, in the empty one where none is written."""
    return ("quotas", resource, namespace)


def authenticators() -> Key:
    """The objects that say that requests are authenticated before they reach a Service."""
    return ("authenticators",)


def making_services_in(namespace: str) -> Key:
    """What may make Services of which nothing is known, as `open_in` has it."""
    return ("making services in", namespace)


def landmarks(manifest: Manifest) -> Iterator[Landmark]:
    """All that others may ask for."""
    yield from object_landmarks(manifest)
    for obj in manifest.objects:
        yield from _of_kind(obj, manifest.source.text)
    yield from _of_services(manifest)
    yield from _of_pods(manifest)
    yield from _of_monitors(manifest)
    yield from _of_scalers(manifest)
    yield from _of_routes(manifest)
    for obj in filter(is_open, manifest.objects):
        from imagelint.documents.kubernetes.wiring.madelandmarks import made_landmarks

        yield from _open(obj)
        yield from made_landmarks(obj)


def _of_scalers(manifest: Manifest) -> Iterator[Landmark]:
    scalers = manifest.nodes_of(Autoscaler)
    for scaler in scalers:
        kind, name = scaler.target_kind, scaler.target_name
        if isinstance(kind, Known) and isinstance(name, Known):
            yield Landmark(scalers_of(kind.value, name.value), scaler)
    if not scalers:
        return
    from imagelint.documents.promql.query import MetricUse
    from imagelint.documents.promql.trigger import MetricThreshold

    uses: list[MetricUse | MetricThreshold] = [*manifest.nodes_of(MetricUse)]
    uses += manifest.nodes_of(MetricThreshold)
    for use in uses:
        if use.scaler is None:
            continue
        kind, name = use.scaler.target_kind, use.scaler.target_name
        if isinstance(kind, Known) and isinstance(name, Known):
            yield Landmark(metrics_scaling(kind.value, name.value), use)


def _of_kind(obj: KubernetesObject, text: str) -> Iterator[Landmark]:
    if obj.kind in AUTHENTICATORS:
        yield Landmark(authenticators(), NamedObject(obj.span, obj.kind, obj.name, obj.namespace))
    elif obj.kind == "ResourceQuota":
        yield from _of_quota(obj)
    elif obj.kind == "MetricTemplate":
        from imagelint.documents.kubernetes.monitoring.analyses import judging_template

        found = judging_template(obj)
        yield from () if found is None else (Landmark(metric_template(obj.name), found),)
    elif obj.kind in _DEFINING:
        from imagelint.documents.kubernetes.definitions import defining_landmarks

        yield from defining_landmarks(obj, text)


def _of_quota(obj: KubernetesObject) -> Iterator[Landmark]:
    from imagelint.documents.kubernetes.quotas import quota_limits

    for limit in quota_limits(obj):
        yield Landmark(quotas(limit.resource, obj.namespace), limit)


def _of_monitors(manifest: Manifest) -> Iterator[Landmark]:
    for monitor in manifest.nodes_of(Monitor):
        yield Landmark(monitors(), monitor)
        leading = monitor.selector.leading
        if monitor.selector.known and leading is not None:
            key = monitors_selecting(monitor.selects, *leading)
            yield Landmark(key, monitor)
        else:
            yield Landmark(vague_monitors(), monitor)


def _of_routes(manifest: Manifest) -> Iterator[Landmark]:
    for route in manifest.nodes_of(Route):
        for kind, name in dict.fromkeys(route.attached):
            yield Landmark(routes_with(kind, name), route)


def _of_services(manifest: Manifest) -> Iterator[Landmark]:
    for service in manifest.nodes_of(Service):
        if service.kind in _NAMED:
            yield Landmark(_NAMED[service.kind](service.object.name), service)
        if service.selector:
            yield Landmark(services_selecting(*service.selected.leading or NO_LABEL), service)
        for label, value in dict.fromkeys(service.object.labels if service.kind == SERVICE else ()):
            yield Landmark(labelled("Service", label, value), service)
        for config in _configs(service):
            yield Landmark(service_bound_to(config), service)


def _of_pods(manifest: Manifest) -> Iterator[Landmark]:
    for pod in manifest.pods:
        owner = pod.owner
        place = pod_place(pod)
        if not place.settled:
            yield from _open(owner)
        yield Landmark(pods_of(owner.kind, owner.name), place)
        for label, value in dict.fromkeys(pod.labels):
            yield Landmark(pods_labelled(label, value), place)
        if not pod.restarts and any(_wants_gpus(one) for one in pod.containers):
            yield Landmark(ending_with_gpus(), place)
        for claim in _volumes(pod, "persistentVolumeClaim", "claimName"):
            yield Landmark(pods_mounting(claim), place)
        for name in _volumes(pod, "configMap", "name"):
            yield Landmark(pods_configured(name), place)
        yield from (Landmark(key, place) for key in _served_by(manifest, pod))


def _served_by(manifest: Manifest, pod: Pod) -> Iterator[Key]:
    engines = (server.engine for server in manifest.servers_of(pod))
    yield from map(serving, dict.fromkeys(filter(None, engines)))
    if any(map(_is_router, pod.containers)):
        yield routing()


def _is_router(container: Container) -> bool:
    image = container.image.text if container.image is not None else ""
    if "router" not in image:
        return False
    from imagelint.knowledge.serving.other_servers import other_server_named

    other = other_server_named(image.partition("@")[0])
    return other is not None and other.routes


def _wants_gpus(container: Container) -> bool:
    return isinstance(container.runtime.gpus, Known)


def _volumes(pod: Pod, kind: str, key: str) -> tuple[str, ...]:
    """The names of what the volumes of a kind are made of."""
    names = (one.at(kind, key).word() for one in pod.spec["volumes"].items())
    return tuple(dict.fromkeys(filter(None, names)))


def pod_at(manifest: Manifest, place: PodPlace) -> Pod | None:
    """The pod that stands at a place of a manifest, or of what others of its run make of it."""
    return manifest.derived(_pods_by_place).get((place.owner, place.name, place.path))


def _pods_by_place(document: Document) -> dict[tuple[Span, str, str], Pod]:
    from imagelint.documents.kubernetes.manifest import Manifest

    pods = document.pods if isinstance(document, Manifest) else ()
    return {(pod.owner.span, pod.owner.name, pod.path): pod for pod in pods}


def pod_place(pod: Pod) -> PodPlace:
    """Where a pod stands, and how others meet it."""
    owner = pod.owner
    return PodPlace(
        span=pod.span,
        owner=owner.span,
        name=owner.name,
        path=pod.path,
        namespace=owner.namespace,
        labels=pod.labels,
        settled=pod.settled,
    )


def _open(obj: KubernetesObject) -> Iterator[Landmark]:
    yield Landmark(open_in(obj.namespace), obj)
    yield Landmark(open_in(ANYWHERE), obj)


def is_open(obj: KubernetesObject) -> bool:
    """Whether an operator may make pods or Services of an object, or something completes it."""
    group = obj.group
    if is_group(obj):
        return True  # of each a Service is made
    if obj.incomplete or keeps_template(obj) or not may_hold_pods(obj):
        return obj.incomplete
    if obj.kind in _KINDS_WITHOUT_PODS.get(group, ()):
        return False
    return not any(group == one or group.endswith(f".{one}") for one in _WITHOUT_PODS)


def takes_pods_of(obj: KubernetesObject, name: str) -> bool:
    """Whether a Rollout takes its pods from a workload of a name: there is one, then."""
    return is_rollout(obj) and obj.body.at("spec", "workloadRef", "name").word() == name


def is_bound(service: Service) -> bool:
    """Whether an annotation binds a Service to a BackendConfig."""
    return any(True for _ in _configs(service))


def _configs(service: Service) -> Iterator[str]:
    """The names in quotes: `{"default": "llm"}`, `{"ports": {"80": "llm"}}`."""
    annotations = dict(service.object.annotations)
    written = (annotations.get(name, "") for name in _BACKEND_CONFIGS)
    yield from dict.fromkeys(name for text in written for name in _QUOTED.findall(text))
