"""Where a container runs: all that a rule may ask besides the command itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Place

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.details import Details, Resources
    from imagelint.documents.runtime.field import Field
    from imagelint.documents.runtime.platform import Platform
    from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
    from imagelint.documents.runtime.probe import Probes
    from imagelint.documents.runtime.shutdown import Shutdown


class Mount(NamedTuple):
    """A volume where a container sees it.

    `source` is `emptyDir`, `memory`, `hostPath`, `persistentVolumeClaim`, `configMap`, `secret`,
    `image`, `named`, `bind`, `tmpfs` … or empty when the volume is not defined in sight. `size` is
    the limit in bytes, `target` the path in the container, `host_path` what is mounted from a host.
    `volume` is the name under which the containers of a pod share it, empty where there is none,
    `size_path` the logical path of the size where that has one of its own, `volume_place` where the
    volume is written by itself.
    """

    span: Span
    target: Fact[str]
    source: str
    size: Fact[float] = ABSENT
    read_only: bool = False
    host_path: str = ""
    path: str = ""
    volume: str = ""
    size_path: str = ""
    volume_place: Node | None = None

    @property
    def size_place(self) -> Place | None:
        """Where the size is written; None where it is not."""
        if not self.size_path or not isinstance(self.size, Known) or self.size.span is None:
            return None
        return Place(self.size.span, self.size_path)


class Volume(NamedTuple):
    """A volume of a pod: its name, and the path of the node that it mounts, if it does.

    `sources` are the types that it is of, as they are written: one, or it is refused. `in_memory`
    tells that it is certainly kept in memory.
    """

    span: Span
    name: str
    host_path: Field[str]
    sources: tuple[Field[str], ...] = ()
    in_memory: bool = False


class NodeLabel(NamedTuple):
    """A label that nodes must have, with the values that it may have, each at its place.

    `term` is the alternative of the node affinity in which it stands, -1 for the node selector,
    which holds beside every alternative. `complete` is false where not all values are known.
    `place` is that of the key.
    """

    key: str
    values: tuple[tuple[str, Node], ...]
    term: int
    complete: bool
    place: Node


class GpuRequest(NamedTuple):
    """The accelerators that one container asks for.

    `quantity` is unknown for `all` and for claims that are defined elsewhere. `resource` is the
    resource's name (`nvidia.com/gpu`, `nvidia.com/mig-1g.10gb`), `gpus` or `devices` for compose.
    `shared` tells that a part of each is meant, `memory` how many bytes of each where that is said.
    `devices` are the ones of its machine that it gets, by number or name, in order: `all` is every
    one, and none where that is not known.
    """

    span: Span
    resource: str
    quantity: Fact[float]
    path: str = ""
    shared: bool = False
    memory: Fact[float] = ABSENT
    devices: tuple[str, ...] = ()


class ContainerPort(NamedTuple):
    """A port on which a container says that it listens."""

    number: int
    place: Node
    name: str = ""

    @property
    def span(self) -> Span:
        """Where it is written."""
        return self.place.span

    @property
    def path(self) -> str:
        """Its logical path."""
        return getattr(self.place, "path", "")


class Runtime(NamedTuple):
    """Where a container runs: all that a rule about serving may ask besides the command itself.

    `platform` knows how things are spelt there, and where. `owner` is the kind of
    the object that holds the pod (`Deployment`, `InferenceService`, `compose service` …), `name`
    the container's or service's. `gpus` is absent when nothing is requested
    and every place that could was read; `other_devices` tells whether devices come by another way
    (a runtime class, a claim, a device file). `shm` is the size of `/dev/shm` in bytes: absent
    means the default of 64 MB, `Known(inf)` an unbounded one. `restarts` is false for pods that
    run to an end, `group` counts the pods that form one server (LeaderWorkerSet, worker specs).
    `managed` says that who runs it may add checks which kill it, `optional` that it starts only
    where that is asked for (profiles of compose, no replicas), `below` is where the object stands
    that its operator merges it with, which is judged by itself, `details` is the rest.
    """

    platform: Platform
    owner: str
    name: str
    span: Span
    details: Details
    gpus: Fact[GpuRequest] = UNKNOWN
    gpu_product: Fact[str] = UNKNOWN
    other_devices: Fact[bool] = UNKNOWN
    shm: Fact[float] = UNKNOWN
    shm_mount: Mount | None = None
    memory_limit: Fact[float] = UNKNOWN
    mounts: Fact[tuple[Mount, ...]] = UNKNOWN
    ports: tuple[ContainerPort, ...] = ()
    user: Fact[str] = UNKNOWN
    restarts: bool = True
    group: Fact[int] = Known(1)
    labels: tuple[tuple[str, str], ...] = ()
    namespace: str = ""
    managed: bool = False
    optional: bool = False
    path: str = ""
    below: Span | None = None

    @property
    def probes(self) -> Probes:
        """Who asks it how it is."""
        return self.details.probes

    @property
    def host(self) -> HostNamespaces:
        """The namespaces of its host that it shares."""
        return self.details.host

    @property
    def privileges(self) -> Privileges:
        """How much it may do."""
        return self.details.privileges

    @property
    def resources(self) -> Resources:
        """What it asks for and may use."""
        return self.details.resources

    @property
    def shutdown(self) -> Shutdown:
        """How it is stopped."""
        return self.details.shutdown

    @property
    def kind(self) -> str:
        """What it is written for: `pod`, `compose` or `image` (a Dockerfile: most is unknown)."""
        return self.platform.kind

    @property
    def has_neighbours(self) -> bool:
        """Whether other containers share its network."""
        return self.details.together.are_beside(self.span)

    @property
    def neighbours_declare_ports(self) -> bool:
        """Whether one of the others that share its network declares a port."""
        return self.details.together.declare_ports_beside(self.span)

    def neighbour_may_listen(self, port: int) -> bool:
        """Whether one of the others may listen on a port: it declares that, or none."""
        return self.details.together.may_listen_beside(self.span, port)

    def declares(self, port: int) -> bool:
        """Whether it says that it listens on a port."""
        return any(declared.number == port for declared in self.ports)
