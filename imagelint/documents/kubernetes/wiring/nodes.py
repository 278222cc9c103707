"""What leads to pods and what scales them: typed views of objects that hold no pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.fact import ABSENT
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.labels import GROUP_MEMBER, is_made

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.openings import Opening
    from imagelint.documents.kubernetes.wiring.controllers import Controller
    from imagelint.documents.kubernetes.wiring.routed import ServiceRoute
    from imagelint.documents.runtime.field import Place
    from imagelint.documents.yaml.cursor import Cursor

    Labels: TypeAlias = tuple[tuple[str, str], ...]


SERVICE, POOL = "Service", "InferencePool"
POOL_GROUPS = ("inference.networking.k8s.io", "inference.networking.x-k8s.io")
"""Under which InferencePools are known, the older one last: they are different objects."""
_EXISTENCE = {"Exists": True, "DoesNotExist": False}


class Requirement(NamedTuple):
    """One entry of `matchExpressions`: the label may have one of some values, or must not."""

    key: str
    operator: str
    values: tuple[str, ...]

    def admits(self, value: str | None) -> bool:
        """Whether a label with that value, or none, is asked for."""
        if self.operator in _EXISTENCE:
            return (value is not None) is _EXISTENCE[self.operator]
        inside = value in self.values
        return inside if self.operator == "In" else not inside


class Selector(NamedTuple):
    """Which labels are selected. `known` is false where a template takes part.

    `place` is where it is written, or would be, `written` the mapping of labels in it.
    """

    place: Cursor
    written: Cursor
    labels: Labels = ()
    requirements: tuple[Requirement, ...] = ()
    known: bool = True

    @property
    def span(self) -> Span:
        """Where it is written."""
        return self.place.span

    @property
    def path(self) -> str:
        """Its logical path."""
        return self.place.path

    @property
    def is_empty(self) -> bool:
        """Whether it asks for no label at all."""
        return not (self.labels or self.requirements)

    @property
    def keys(self) -> frozenset[str]:
        """The labels that it asks for, but for those that no template writes."""
        required = {one.key for one in self.requirements if one.operator != "DoesNotExist"}
        asked = {*required, *(name for name, _ in self.labels)}
        return frozenset(name for name in asked if not is_made(name))

    @property
    def leading(self) -> tuple[str, str] | None:
        """The first label with a value that templates of pods write: by it they are found."""
        return next((one for one in self.labels if not is_made(one[0])), None)

    @property
    def found_by(self) -> tuple[tuple[str, str], ...]:
        """Labels that templates write, of which all that is selected has one; empty if unknown."""
        if self.leading is not None:
            return (self.leading,)
        return tuple(
            (one.key, value)
            for one in self.requirements
            if one.operator == "In" and not is_made(one.key)
            for value in one.values
        )

    @property
    def selects_leaders(self) -> bool:
        """Whether of groups of pods only the leaders are selected."""
        return (GROUP_MEMBER, "0") in self.labels

    def label(self, name: str) -> Cursor:
        """The place of a label in it."""
        return self.written[name]

    def matches(self, labels: Labels) -> bool:
        """Whether what has these labels is selected, as far as selector and labels are known."""
        given = dict(labels)
        told = [one for one in self.labels if one[0] in given or not is_made(one[0])]
        required = [one for one in self.requirements if one.key in given or not is_made(one.key)]
        return all(given.get(name) == value for name, value in told) and all(
            one.admits(given.get(one.key)) for one in required
        )

    def differs(self, labels: Labels) -> tuple[str, str, str] | None:
        """The first label that is another: its name, the value that is asked for, and the one."""
        given = dict(labels)
        for name, value in self.labels:
            if given.get(name) != value and (name in given or not is_made(name)):
                return name, value, given.get(name, "")
        return None


class ServicePort(NamedTuple):
    """A port of a Service; `target` is a number or the name of a container's port.

    `called` is its name as a fact, of which `name` is empty unless it is known. `field` is where
    the target is written.
    """

    span: Span
    name: str
    port: Fact[int]
    target: Fact[str]
    node_port: Fact[int]
    path: str
    called: Fact[str]
    field: str = "targetPort"


class Service(NamedTuple):
    """A Service, or an InferencePool, which leads to pods in the same way.

    `type` is absent where not written: then it is `ClusterIP`. `selected` is its selector as others
    are; a `headless` one leads to the pods themselves. `maker` is the kind and the name of the
    object of which an operator makes it, if all of its pods are behind it, and no others.
    """

    span: Span
    object: KubernetesObject
    body: Cursor
    type: Fact[str]
    selector: tuple[tuple[str, str], ...]
    ports: tuple[ServicePort, ...]
    path: str
    selected: Selector
    headless: bool
    maker: tuple[str, str] | None = None

    def selects(self, labels: tuple[tuple[str, str], ...]) -> bool:
        """Whether pods with these labels are behind it; a Service without selector has none."""
        return bool(self.selector) and self.selected.matches(labels)

    @property
    def kind(self) -> str:
        """What its object is: `Service`, `InferencePool` or Kthena's `ModelServer`."""
        return self.object.kind

    @property
    def opening(self) -> Opening | None:
        """How it leads in from outside; None where it does not."""
        from imagelint.documents.kubernetes.openings import opening

        return opening(self)


class Backend(NamedTuple):
    """Where a route leads: a Service's name, and its port as number or name.

    `namespace` is that of the Service, empty where it is that of the route. `kind` is what has the
    name: a Service, or an InferencePool; `group` is that of its kind, absent for the core group.
    """

    span: Span
    service: Fact[str]
    port: Fact[str]
    path: str
    namespace: str = ""
    kind: str = SERVICE
    group: Fact[str] = ABSENT


class Ingress(NamedTuple):
    """An Ingress. `class_name` also reads the older annotation."""

    span: Span
    object: KubernetesObject
    body: Cursor
    class_name: Fact[str]
    annotations: tuple[tuple[str, str], ...]
    backends: tuple[Backend, ...]
    tls: Cursor
    path: str

    @property
    def controller(self) -> Controller | None:
        """Who serves it, and where that is told; None where it is not."""
        from imagelint.documents.kubernetes.wiring.controllers import controller_of

        return controller_of(self)


class HTTPRoute(NamedTuple):
    """An HTTPRoute of the Gateway API; `request_timeouts` are those of its rules, as written."""

    span: Span
    object: KubernetesObject
    body: Cursor
    parents: tuple[str, ...]
    backends: tuple[Backend, ...]
    request_timeouts: tuple[Cursor, ...]
    path: str


class Target(NamedTuple):
    """The workload that is scaled."""

    span: Span
    kind: Fact[str]
    name: Fact[str]
    path: str


class Metric(NamedTuple):
    """A metric of an autoscaler: `type` is `Resource`, `Pods`, `External`, `Object`.

    `name` is that of the resource (`cpu`) or of the metric; `body` the whole entry.
    """

    span: Span
    type: str
    name: Fact[str]
    body: Cursor
    path: str


class HorizontalPodAutoscaler(NamedTuple):
    """A HorizontalPodAutoscaler of any version, or what an operator makes one of.

    `body` is where its spec is.
    """

    span: Span
    object: KubernetesObject
    body: Cursor
    target: Target
    min_replicas: Fact[int]
    max_replicas: Fact[int]
    metrics: tuple[Metric, ...]
    path: str


class VerticalPodAutoscaler(NamedTuple):
    """A VerticalPodAutoscaler: what it `sets` (`cpu`, `memory`) in running pods, if anything.

    https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md
    """

    span: Span
    object: KubernetesObject
    target: Target
    sets: tuple[str, ...]
    path: str


class Trigger(NamedTuple):
    """A trigger of a ScaledObject; `metadata` is where its settings are."""

    span: Span
    type: Fact[str]
    name: str
    metadata: Cursor
    path: str


class ScaledObject(NamedTuple):
    """A ScaledObject of KEDA, periods in seconds; its target is a Deployment unless it says.

    `pauses` are the annotations that stop it, each with its place.
    """

    span: Span
    object: KubernetesObject
    body: Cursor
    target: Target
    min_replicas: Fact[int]
    max_replicas: Fact[int]
    idle_replicas: Fact[int]
    cooldown_period: Fact[int]
    polling_interval: Fact[int]
    triggers: tuple[Trigger, ...]
    path: str
    pauses: tuple[tuple[str, Place], ...] = ()


class Referring(NamedTuple):
    """What names other objects and does nothing without them, beside pods and ScaledObjects.

    ScaledJobs and TriggerAuthentications of KEDA, Rollouts of Argo, Canaries of Flagger, pools of
    inference, services of the NIM operator and of KServe. `pauses` are the annotations that stop
    it, each with its place.
    """

    span: Span
    object: KubernetesObject
    body: Cursor
    path: str
    pauses: tuple[tuple[str, Place], ...] = ()


class Endpoint(NamedTuple):
    """What a monitor asks: a port by its `name`, or by its `number` or another `target`.

    `refused` tells that a number stands where the schema wants the name, a string. `interval` is
    how often it asks, absent where Prometheus decides that.
    """

    span: Span
    port: Fact[str]
    place: Cursor
    number: Fact[str]
    url_path: Fact[str]
    path: str
    interval: Fact[str]
    refused: bool = False


SIGNS_OF_MONITORS = (
    *("monitoring.coreos.com", "operator.victoriametrics.com", "monitoring.googleapis.com"),
    *("opentelemetry.io", "scrape_configs:", "prometheus.scrape"),
)
"""Pieces of text of which one is written wherever there is a monitor."""


class Monitor(NamedTuple):
    """A ServiceMonitor, a PodMonitor, or what others call these; `selects` is `Service` or `Pod`.

    It is empty for what finds whom to ask by itself, of which no more is known. `namespaces` are
    those it looks into, its own where none are named; unknown for any.
    """

    span: Span
    object: KubernetesObject
    selects: str
    selector: Selector
    namespaces: Fact[tuple[str, ...]]
    endpoints: tuple[Endpoint, ...]
    path: str


class QuotaLimit(NamedTuple):
    """How much of a resource the ResourceQuota of a name lets all pods of a namespace request."""

    span: Span
    resource: str
    amount: float
    name: str
    path: str


class DisruptionBudget(NamedTuple):
    """A PodDisruptionBudget: how many pods must stay, or may go, as numbers or percents."""

    span: Span
    object: KubernetesObject
    selector: Selector
    min_available: Fact[str]
    max_unavailable: Fact[str]
    path: str


class NetworkPolicy(NamedTuple):
    """A NetworkPolicy: the pods for which it holds, and those of its namespace that it names.

    `peers` are the selectors of pods that may be reached, or may reach them.
    """

    span: Span
    object: KubernetesObject
    selector: Selector
    peers: tuple[Selector, ...]
    path: str


Wiring: TypeAlias = (
    "Service | Ingress | HTTPRoute | ServiceRoute | HorizontalPodAutoscaler | ScaledObject |"
    " Referring | Monitor | DisruptionBudget | NetworkPolicy | VerticalPodAutoscaler"
)
