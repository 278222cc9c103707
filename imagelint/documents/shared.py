"""Nodes that several kinds of document contain, so that each rule about them exists once."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference
    from imagelint.core.source import Span
    from imagelint.documents.yaml.cursor import Cursor


class ImageRole(Enum):
    """What an image is used for at the place that names it."""

    BASE = "base"  # FROM
    COPY = "copy"  # COPY --from
    MOUNT = "mount"  # RUN --mount=from
    POD = "pod"  # a container of a pod
    COMPOSE = "compose"  # a service
    TARGET = "target"  # the image that is gated


class ImageUse(NamedTuple):
    """An image named somewhere.

    `text` is what is written there, `reference` what it comes to: unknown when a variable without
    a value or a template is part of it, or when it is not a valid reference. Stages, `scratch` and
    named contexts are not image uses. `final` is true when the image ends up in what is shipped
    (the base chain of the final stage; any pod or service). `built` marks a compose service that is
    built locally under that name.
    """

    span: Span
    role: ImageRole
    text: str
    reference: Fact[ImageReference]
    final: bool = True
    built: bool = False
    path: str = ""


class EnvOrigin(Enum):
    """What sets a variable."""

    ENV = "env"  # ENV of a Dockerfile
    ARG = "arg"  # ARG of a Dockerfile
    SHELL = "shell"  # an assignment or export in a script
    POD = "pod"
    COMPOSE = "compose"
    BUILD_ARG = "build-arg"  # build.args of a compose service


class EnvVar(NamedTuple):
    """A variable that is set. `value` is absent for `ARG NAME` and unknown for `valueFrom`.

    `span` is the whole setting, `value_span` the value as written (equal to `span` without one).
    `reference` names the kind of indirection (`secretKeyRef`, `configMapKeyRef`, `fieldRef` …).
    """

    span: Span
    name: str
    value: Fact[str]
    origin: EnvOrigin
    name_span: Span
    value_span: Span
    reference: str = ""
    path: str = ""


class Mount(NamedTuple):
    """A volume where a container sees it.

    `source` is `emptyDir`, `memory`, `hostPath`, `persistentVolumeClaim`, `configMap`, `secret`,
    `image`, `named`, `bind`, `tmpfs` … or empty when the volume is not defined in sight. `size` is
    the limit in bytes, `target` the path in the container, `host_path` what is mounted from a host.
    """

    span: Span
    target: Fact[str]
    source: str
    size: Fact[float] = ABSENT
    read_only: bool = False
    host_path: str = ""
    path: str = ""


class GpuRequest(NamedTuple):
    """The accelerators that one container asks for.

    `quantity` is unknown for `all` and for claims that are defined elsewhere. `resource` is the
    resource's name (`nvidia.com/gpu`, `nvidia.com/mig-1g.10gb`), `gpus` or `devices` for compose.
    """

    span: Span
    resource: str
    quantity: Fact[float]
    path: str = ""


class Runtime(NamedTuple):
    """Where a container runs: all that a rule about serving may ask besides the command itself.

    `kind` is `image` (a Dockerfile: most is unknown), `pod` or `compose`. `owner` is the kind of
    the object that holds the pod (`Deployment`, `InferenceService`, `compose service` …), `name`
    the container's or service's. `body` is the container's or service's place in its file (probes
    and health checks are read there), `spec` the pod's. `gpus` is absent when nothing is requested
    and every place that could was read. `shm` is the size of `/dev/shm` in bytes: absent means the
    default of 64 MB, `Known(inf)` an unbounded one. `restarts` is false for pods that run to an
    end, `group` counts the pods that form one server (LeaderWorkerSet, worker specs), `user` is
    numeric or a name. `managed` says that an operator adds what the file does not show.
    """

    kind: str
    owner: str
    name: str
    span: Span
    gpus: Fact[GpuRequest] = UNKNOWN
    gpu_product: Fact[str] = UNKNOWN
    shm: Fact[float] = UNKNOWN
    shm_mount: Mount | None = None
    host_ipc: Fact[bool] = UNKNOWN
    memory_limit: Fact[float] = UNKNOWN
    mounts: Fact[tuple[Mount, ...]] = UNKNOWN
    ports: tuple[int, ...] = ()
    user: Fact[str] = UNKNOWN
    restarts: bool = True
    group: Fact[int] = Known(1)
    labels: tuple[tuple[str, str], ...] = ()
    namespace: str = ""
    managed: bool = False
    body: Cursor | None = None
    spec: Cursor | None = None
    path: str = ""
