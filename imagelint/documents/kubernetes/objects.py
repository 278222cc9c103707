"""Kubernetes objects, their pods and containers, as rules see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.shared import EnvVar, ImageUse, Runtime
    from imagelint.documents.yaml.cursor import Cursor

# Fields of a pod's securityContext which hold for containers that do not set them:
# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context
_INHERITED = frozenset(
    (
        "appArmorProfile",
        "runAsGroup",
        "runAsNonRoot",
        "runAsUser",
        "seLinuxOptions",
        "seccompProfile",
        "windowsOptions",
    )
)


class KubernetesObject(NamedTuple):
    """One object, be it a document of its own or an item of a `List`.

    `span` is its name, or its first key when it has none; `body` the whole. Strings are empty
    where nothing is written, or a template. `path` is empty, or that of the item of a list.
    """

    span: Span
    kind: str
    api_version: str
    name: str
    namespace: str
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    body: Cursor
    path: str

    @property
    def group(self) -> str:
        """The API group: `apps` of `apps/v1`, empty for the core group."""
        return self.api_version.rpartition("/")[0]

    def annotation(self, name: str) -> Cursor:
        """The place of an annotation of the object itself."""
        return self.body.at("metadata", "annotations", name)


class Container(NamedTuple):
    """A container of a pod; `role` is `container`, `init`, `sidecar` or `ephemeral`.

    `span` is its name, or its first key. A sidecar is an init container that is restarted always.
    `env` are the variables in source order; `env_complete` is false when others may be set
    (`envFrom`, templates). `spec` is the pod's.
    """

    span: Span
    name: str
    role: str
    body: Cursor
    spec: Cursor
    owner: KubernetesObject
    image: ImageUse | None
    env: tuple[EnvVar, ...]
    env_complete: bool
    runtime: Runtime
    path: str

    def security(self, *keys: str) -> Cursor:
        """A field of the security context, from the pod where the container does not say."""
        own = self.body.at("securityContext", *keys)
        first = self.body.at("securityContext", *keys[:1])
        if keys and keys[0] in _INHERITED and (not first.exists or first.null):
            inherited = self.spec.at("securityContext", *keys)
            return inherited if inherited.exists else own
        return own

    def probe(self, name: str) -> Cursor:
        """The place of a probe by its whole name: `livenessProbe`, `startupProbe`."""
        return self.body[name]

    def variable(self, name: str) -> EnvVar | None:
        """The variable of that name that counts, which is the last."""
        found = [variable for variable in self.env if variable.name == name]
        return found[-1] if found else None

    @property
    def serves(self) -> bool:
        """Whether it runs as long as its pod, unlike init and ephemeral containers."""
        return self.role in ("container", "sidecar")


class Pod(NamedTuple):
    """A pod, or the template of pods that an object holds.

    `span` is the key of its spec. `replicas` counts the pods made of it and is absent where the
    object does not say. `restarts` is false for pods that end (Jobs). `template` is the place of
    metadata and spec; `labels` are those of the pods. `managed` is true when an operator adds to
    the pod what is not written here. `path` is that of the spec.
    """

    span: Span
    owner: KubernetesObject
    spec: Cursor
    containers: tuple[Container, ...]
    replicas: Fact[int]
    labels: tuple[tuple[str, str], ...]
    restarts: bool
    path: str
    template: Cursor
    managed: bool = False

    @property
    def annotations(self) -> tuple[tuple[str, str], ...]:
        """The annotations of the pods themselves."""
        return self.template.at("metadata", "annotations").pairs()
