"""What leads to pods and what scales them: typed views of objects that hold no pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor


class ServicePort(NamedTuple):
    """A port of a Service; `target` is a number or the name of a container's port."""

    span: Span
    name: str
    port: Fact[int]
    target: Fact[str]
    node_port: Fact[int]
    path: str


class Service(NamedTuple):
    """A Service. `type` is absent where not written: then it is `ClusterIP`."""

    span: Span
    object: KubernetesObject
    body: Cursor
    type: Fact[str]
    selector: tuple[tuple[str, str], ...]
    ports: tuple[ServicePort, ...]
    path: str

    def selects(self, labels: tuple[tuple[str, str], ...]) -> bool:
        """Whether pods with these labels are behind it; a Service without selector has none."""
        return bool(self.selector) and set(self.selector) <= set(labels)


class Backend(NamedTuple):
    """Where a route leads: a Service's name, and its port as number or name."""

    span: Span
    service: Fact[str]
    port: Fact[str]
    path: str


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
    """A HorizontalPodAutoscaler of any version."""

    span: Span
    object: KubernetesObject
    body: Cursor
    target: Target
    min_replicas: Fact[int]
    max_replicas: Fact[int]
    metrics: tuple[Metric, ...]
    path: str


class Trigger(NamedTuple):
    """A trigger of a ScaledObject; `metadata` is where its settings are."""

    span: Span
    type: Fact[str]
    name: str
    metadata: Cursor
    path: str


class ScaledObject(NamedTuple):
    """A ScaledObject of KEDA, periods in seconds; its target is a Deployment unless it says."""

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


Wiring: TypeAlias = Service | Ingress | HTTPRoute | HorizontalPodAutoscaler | ScaledObject
