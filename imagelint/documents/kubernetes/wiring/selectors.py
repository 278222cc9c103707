"""Selectors of labels, and the objects that are little but a selector: monitors and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.kubernetes.pods.shapes import is_rollout
from imagelint.documents.kubernetes.settings import held_texts
from imagelint.documents.kubernetes.wiring.nodes import (
    DisruptionBudget,
    Endpoint,
    Monitor,
    NetworkPolicy,
    Requirement,
    Selector,
)
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

# Of these a selector must be written; a Job makes its own.
_BY_LABELS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_BY_PLAIN_LABELS = ("ReplicationController",)
_POLICIES = ("extensions", "networking.k8s.io")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
# By group and kind: what a monitor selects, and where its endpoints are.
# prometheus-operator:Documentation/api-reference/api.md; Azure serves the same kinds, and
# https://docs.victoriametrics.com/operator/resources/ and
# https://cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed have alike ones.
_GOOGLE = "monitoring.googleapis.com"
_MONITORS: dict[tuple[str, str], tuple[str, str]] = {
    (group, kind): said
    for group in ("monitoring.coreos.com", "azmonitoring.coreos.com")
    for kind, said in (
        ("ServiceMonitor", ("Service", "endpoints")),
        ("PodMonitor", ("Pod", "podMetricsEndpoints")),
    )
} | {
    ("operator.victoriametrics.com", "VMServiceScrape"): ("Service", "endpoints"),
    ("operator.victoriametrics.com", "VMPodScrape"): ("Pod", "podMetricsEndpoints"),
    (_GOOGLE, "PodMonitoring"): ("Pod", "endpoints"),
    (_GOOGLE, "ClusterPodMonitoring"): ("Pod", "endpoints"),
}
# What finds what it asks by itself, and rewrites it: of these it is not known whom they ask.
_FINDING = (
    ("monitoring.coreos.com", "ScrapeConfig"),
    ("operator.victoriametrics.com", "VMScrapeConfig"),
    ("operator.victoriametrics.com", "VMStaticScrape"),
    ("opentelemetry.io", "OpenTelemetryCollector"),
)
# Settings of Prometheus and OpenTelemetry's collector, and of Grafana's Alloy.
_JOBS = ("scrape_configs:", "prometheus.scrape ")


def plain_selector(place: Cursor) -> Selector:
    """A selector that is a mapping of labels, as a Service has it."""
    labels = place.pairs()
    known = isinstance(place.node, Mapping) or not place.exists or place.null
    return Selector(place, place, labels, known=known and len(labels) == len(place.entries()))


def label_selector(place: Cursor) -> Selector:
    """A selector with `matchLabels` and `matchExpressions`."""
    labels, expressions = place["matchLabels"], place["matchExpressions"]
    plain = plain_selector(labels)
    found = tuple(_requirement(one) for one in expressions.items())
    listed = isinstance(expressions.node, Sequence) or not expressions.exists
    known = plain.known and listed and None not in found
    requirements = tuple(one for one in found if one is not None)
    return Selector(place, labels, plain.labels, requirements, known)


def selector_of(obj: KubernetesObject) -> Selector | None:
    """The selector by which a workload knows its pods; None where it has none.

    argoproj/argo-rollouts:pkg/apis/rollouts/validation/validation.go (as that of a ReplicaSet)
    """
    place = obj.body.at("spec", "selector")
    if (obj.is_own and obj.kind in _BY_LABELS) or is_rollout(obj):
        return label_selector(place)
    return plain_selector(place) if obj.is_own and obj.kind in _BY_PLAIN_LABELS else None


def _requirement(place: Cursor) -> Requirement | None:
    key, operator = place["key"].word(), place["operator"].word()
    values = tuple(value.text() for value in place["values"].items())
    if not key or operator not in _OPERATORS:
        return None
    if not all(isinstance(value, Known) for value in values):
        return None
    words = tuple(value.value for value in values if isinstance(value, Known))
    return Requirement(key, operator, words)


def read_selecting(
    obj: KubernetesObject,
) -> Monitor | DisruptionBudget | NetworkPolicy | None:
    """The object that is little but a selector; None for every other kind."""
    if obj.kind == "NetworkPolicy" and obj.group in _POLICIES:
        return read_network_policy(obj)
    return read_budget(obj) or read_monitor(obj)


def read_monitor(obj: KubernetesObject) -> Monitor | None:
    """The monitor that an object is; None for every other kind."""
    if (obj.group, obj.kind) in _FINDING or _holds_jobs(obj):
        return _vague_monitor(obj)
    said = _MONITORS.get((obj.group, obj.kind))
    if said is None:
        return None
    selects, field = said
    spec = obj.body["spec"]
    google = obj.group == _GOOGLE
    endpoints = tuple(_endpoint(one, numbered=google) for one in spec[field].items())
    return Monitor(
        span=obj.span,
        object=obj,
        selects=selects,
        selector=label_selector(spec["selector"]),
        namespaces=_namespaces(obj, spec["namespaceSelector"]),
        endpoints=endpoints,
        path=obj.path,
    )


def _vague_monitor(obj: KubernetesObject) -> Monitor:
    place = obj.body["spec"]
    return Monitor(
        span=obj.span,
        object=obj,
        selects="",
        selector=Selector(place, place, known=False),
        namespaces=UNKNOWN,
        endpoints=(),
        path=obj.path,
    )


def _holds_jobs(obj: KubernetesObject) -> bool:
    """Whether an object holds settings of Prometheus, or of what scrapes as it does, as a file."""
    if obj.group:
        return False
    nodes = (place.node for _, place in held_texts(obj))
    texts = (one.value for one in nodes if isinstance(one, Scalar) and isinstance(one.value, str))
    return any(word in text for text in texts for word in _JOBS)


def _endpoint(place: Cursor, *, numbered: bool) -> Endpoint:
    """What is asked; `numbered` where a number stands under the key of the name."""
    number = place["portNumber"] if place["portNumber"].exists else place["targetPort"]
    port = place["port"]
    name, told = port.text(), number.text()
    if numbered and isinstance(name, Known) and name.value.isdigit():
        name, told = ABSENT, name
    node = port.node
    refused = not numbered and isinstance(node, Scalar) and type(node.value) is int
    # VictoriaMetrics' own has it under the name that files of Prometheus have, too.
    every = place["interval"] if place["interval"].exists else place["scrape_interval"]
    return Endpoint(
        span=place.span,
        port=name,
        place=port,
        number=told,
        url_path=place["path"].text(),
        path=place.path,
        interval=every.text(),
        refused=refused,
    )


def _namespaces(obj: KubernetesObject, place: Cursor) -> Fact[tuple[str, ...]]:
    if obj.kind == "ClusterPodMonitoring":
        return UNKNOWN
    if not place.exists or place.null:
        return Known((obj.namespace,))
    names = tuple(one.word() for one in place["matchNames"].items())
    anywhere = place["any"].exists or not all(names)
    return UNKNOWN if anywhere else Known(names or (obj.namespace,))


def read_budget(obj: KubernetesObject) -> DisruptionBudget | None:
    """The budget that an object is; None for every other kind."""
    if (obj.group, obj.kind) != ("policy", "PodDisruptionBudget"):
        return None
    spec = obj.body["spec"]
    return DisruptionBudget(
        obj.span,
        obj,
        label_selector(spec["selector"]),
        spec["minAvailable"].text(),
        spec["maxUnavailable"].text(),
        obj.path,
    )


def read_network_policy(obj: KubernetesObject) -> NetworkPolicy:
    """The policy that an object of that kind is."""
    spec = obj.body["spec"]
    entries = (
        peer
        for direction, side in (("ingress", "from"), ("egress", "to"))
        for rule in spec[direction].items()
        for peer in rule[side].items()
    )
    # With a selector of namespaces it is about the pods of others.
    peers = (one["podSelector"] for one in entries if not one["namespaceSelector"].exists)
    selectors = (label_selector(one) for one in peers if one.exists)
    return NetworkPolicy(
        obj.span, obj, label_selector(spec["podSelector"]), tuple(selectors), obj.path
    )
