"""Kubernetes objects, their pods and containers, as rules see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.pods import privileges as pod_rights
from imagelint.documents.kubernetes.pods.volumes import read_volumes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.execution import ExecutionPlace
    from imagelint.documents.kubernetes.openings import JobOpening, Opening
    from imagelint.documents.kubernetes.pods.names import Repeated
    from imagelint.documents.kubernetes.pods.rollout import PodReplacement
    from imagelint.documents.kubernetes.pods.shapes import PodGroup
    from imagelint.documents.kubernetes.pods.stated import Stated
    from imagelint.documents.kubernetes.wiring.nodes import Selector
    from imagelint.documents.runtime.field import Field, Place
    from imagelint.documents.runtime.model import NodeLabel, Runtime, Volume
    from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
    from imagelint.documents.serving.imageconfig import ImageConfig
    from imagelint.documents.shared import EnvVar, ImageUse
    from imagelint.documents.shell.script import Script
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode
    from imagelint.knowledge.kubernetes.operators import Additions


# Kubernetes' own groups: there a container must have an image.
_OWN_GROUPS = ("", "apps", "batch")


class KubernetesObject(NamedTuple):
    """One object, be it a document of its own or an item of a `List`.

    `span` is its name, or its first key when it has none; `body` the whole. `kind` is the one that
    must have been meant where it is spelt wrongly (`deployments`). Strings are empty where nothing
    is written, or a template. `path` is that of the item of a list, `incomplete` is true where
    something else completes it. `merged` is the kind of the object that its operator has merged
    with it, empty where it stands alone, and `below` where the spec of that object is written.
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
    incomplete: bool = False
    merged: str = ""
    below: Span | None = None

    @property
    def extent(self) -> Span:
        """Where all of it is written."""
        return self.body.span

    @property
    def group(self) -> str:
        """The API group: `apps` of `apps/v1`, empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def is_own(self) -> bool:
        """Whether its kind is one of Kubernetes itself, be it under a group that is not its own."""
        from imagelint.documents.kubernetes.identity import is_own

        return is_own(self)

    @property
    def is_node_agent(self) -> bool:
        """Whether its pods do a node's work: drivers, device plugins, exporters; not with GPUs."""
        from imagelint.documents.kubernetes.pods.accelerators import asks_for_accelerators

        return self.kind == "DaemonSet" and not asks_for_accelerators(self.body)

    @property
    def job_openings(self) -> tuple[JobOpening, ...]:
        """What it opens of a cluster that runs the jobs which it is sent."""
        from imagelint.documents.kubernetes.openings import job_openings

        return tuple(job_openings(self))

    @property
    def opening(self) -> Opening | None:
        """How the Service leads in that an operator makes of it."""
        from imagelint.documents.kubernetes.openings import own_opening

        return own_opening(self)

    def annotation(self, name: str) -> Cursor:
        """The place of an annotation of the object itself."""
        return self.body.at("metadata", "annotations", name)


class Mistake(NamedTuple):
    """What is wrong with a `kind` or an `apiVersion`; not `certain` where somebody may take it."""

    span: Span
    path: str
    message: str
    help: str
    certain: bool = True


class MistakenKind(Mistake):
    """No server of Kubernetes knows the kind, whatever the version."""

    __slots__ = ()


class MistakenVersion(Mistake):
    """No server of Kubernetes has the kind under its `apiVersion`."""

    __slots__ = ()


class Container(NamedTuple):
    """A container of a pod; `role` is `container`, `init`, `sidecar` or `ephemeral`.

    `span` is its name, or its first key. A sidecar is an init container that is restarted always.
    `env` are the variables in source order; `env_complete` is false when others may be set
    (`envFrom`, templates). `spec` is the pod's, `place` what its scripts and variables are a part
    of, `adds` what an operator adds to it, `config` that of its image where that is built in the
    run. In mounted files are the `scripts` that it runs, by the words which name them, and the
    `files` of settings that its server reads, by their paths.
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
    place: ExecutionPlace
    path: str
    adds: Additions
    config: ImageConfig | None = None
    scripts: Mapping[str, Script] = {}
    files: Mapping[str, YamlNode] = {}

    def variable(self, name: str) -> EnvVar | None:
        """The variable of that name that counts, which is the last."""
        found = [variable for variable in self.env if variable.name == name]
        return found[-1] if found else None

    @property
    def privileges(self) -> Privileges:
        """How much it may do."""
        return self.runtime.privileges

    @property
    def published_ports(self) -> tuple[tuple[int, Place], ...]:
        """Its ports that are published on its node, each with the place that does."""
        from imagelint.documents.kubernetes.openings import published_ports

        return tuple(published_ports(self))

    @property
    def partial(self) -> bool:
        """Whether the rest is written elsewhere, so that nothing is certainly absent.

        That holds for patches and templates, which name no image, and for a container outside of
        any pod: an operator makes the pod.
        """
        patch = self.owner.group in _OWN_GROUPS and not self.body["image"].exists
        return patch or self.alone or self.owner.incomplete

    @property
    def security_context(self) -> str:
        """What the security contexts of its pod are called as the cause of findings."""
        return pod_rights.security_context_of(self.spec)

    @property
    def alone(self) -> bool:
        """Whether it stands outside of any pod: an operator makes the pod, and completes it."""
        return self.spec.node is self.body.node

    @property
    def windows(self) -> bool:
        """Whether it is for nodes of Windows, where most of the security context means nothing."""
        return pod_rights.is_for_windows(self.spec)

    @property
    def says_windows(self) -> bool:
        """Whether its pod says so in `os`, which admission asks."""
        return pod_rights.says_windows(self.spec)

    @property
    def unmet_mounts(self) -> tuple[Field[str], ...]:
        """The names of volumes that it mounts and its pod certainly does not have."""
        from imagelint.documents.kubernetes.pods.names import unmet_mounts

        return tuple(unmet_mounts(self))

    @property
    def undeclared_probe_ports(self) -> tuple[tuple[str, Field[str]], ...]:
        """Its probes, by their titles, that ask a port by a name which it does not declare."""
        from imagelint.documents.kubernetes.pods.names import undeclared_probe_ports

        return tuple(undeclared_probe_ports(self))

    @property
    def port_names(self) -> Fact[frozenset[str]]:
        """The names that it gives to its ports; unknown where something else may give more."""
        from imagelint.documents.kubernetes.pods.names import port_names

        return port_names(self)

    @property
    def host_ports(self) -> tuple[Field[int], ...]:
        """The ports of its node that it names."""
        from imagelint.documents.kubernetes.pods.stated import host_ports

        return tuple(host_ports(self))

    @property
    def asked_hosts(self) -> tuple[tuple[str, Field[str]], ...]:
        """The hosts that its probes and hooks ask, by the probe or hook."""
        from imagelint.documents.kubernetes.pods.stated import asked_hosts

        return tuple(asked_hosts(self))

    @property
    def volume_names(self) -> tuple[str, ...]:
        """The names of the volumes of its pod; empty where one is not known."""
        from imagelint.documents.kubernetes.pods.names import volume_names

        return tuple(sorted(volume_names(self.spec) or ()))

    @property
    def serves(self) -> bool:
        """Whether it runs as long as its pod, unlike init and ephemeral containers."""
        return self.role in ("container", "sidecar")


class Pod(NamedTuple):
    """A pod, or the template of pods that an object holds.

    `span` is the key of its spec, `path` its path. `replicas` counts its pods, absent where nobody
    says it. `restarts` is false for pods that end (Jobs). `template` holds metadata and spec.
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

    @property
    def host(self) -> HostNamespaces:
        """The namespaces of the node that it shares."""
        return pod_rights.host_namespaces(self.spec)

    @property
    def privileges(self) -> Privileges:
        """How much it lets those containers do that do not say it themselves."""
        return pod_rights.pod_privileges(self.spec)

    @property
    def security_context(self) -> str:
        """What its security contexts are called as the cause of findings."""
        return pod_rights.security_context_of(self.spec)

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """Its volumes in source order."""
        return read_volumes(self.spec)

    @property
    def node_labels(self) -> tuple[NodeLabel, ...]:
        """The labels that it demands of its nodes."""
        from imagelint.documents.kubernetes.pods.selectors import node_labels

        return tuple(node_labels(self.spec))

    @property
    def node_alternatives(self) -> int:
        """How many alternatives its node affinity has, of which one must be met."""
        from imagelint.documents.kubernetes.pods.selectors import alternatives

        return alternatives(self.spec)

    @property
    def repeated_names(self) -> tuple[Repeated, ...]:
        """What in it has a name that must be, and is not, unique."""
        from imagelint.documents.kubernetes.pods.names import repeated_names

        return tuple(repeated_names(self))

    @property
    def replacement(self) -> PodReplacement | None:
        """How it is replaced by a new one."""
        from imagelint.documents.kubernetes.pods.rollout import pod_replacement

        return pod_replacement(self)

    @property
    def pinned(self) -> bool:
        """Whether it runs on one node only."""
        return self.spec.at("nodeSelector", "kubernetes.io/hostname").exists

    @property
    def spread(self) -> bool:
        """Whether it says how pods like it are spread over nodes, or that one runs on each."""
        from imagelint.documents.kubernetes.pods.selectors import is_spread

        return is_spread(self)

    @property
    def windows(self) -> bool:
        """Whether it is for nodes of Windows."""
        return pod_rights.is_for_windows(self.spec)

    @property
    def settled(self) -> bool:
        """Whether its labels are certainly those that are written, and no others."""
        from imagelint.documents.kubernetes.pods.shapes import is_settled

        return is_settled(self)

    @property
    def group(self) -> PodGroup | None:
        """Its part of a group; None where the object that makes it makes no groups of pods."""
        from imagelint.documents.kubernetes.pods.shapes import pod_group

        return pod_group(self)

    @property
    def own_replicas(self) -> Field[int] | None:
        """How many of it, or of the groups that it leads, are to be made; None: nothing says it."""
        from imagelint.documents.kubernetes.pods.stated import own_replicas

        return own_replicas(self)

    @property
    def selector(self) -> Selector | None:
        """The selector by which the object that makes it knows it; None where that has none."""
        from imagelint.documents.kubernetes.wiring.selectors import selector_of

        return selector_of(self.owner)

    @property
    def says_windows(self) -> bool:
        """Whether it says so in `os`, which admission asks."""
        return pod_rights.says_windows(self.spec)

    @property
    def has_users_of_its_own(self) -> bool:
        """Whether it runs in a user namespace: its root is nobody on the node."""
        return pod_rights.has_users_of_its_own(self.spec)

    @property
    def partial(self) -> bool:
        """Whether it is only a part of a pod, as its containers tell."""
        return any(container.partial for container in self.containers)

    @property
    def sysctls(self) -> tuple[Field[str], ...]:
        """The names of the parameters of the kernel that it sets."""
        from imagelint.documents.kubernetes.pods.stated import sysctls

        return tuple(sysctls(self))

    def stated(self, *keys: str) -> tuple[Stated, ...]:
        """What its security contexts, and those of its containers, say under the keys."""
        from imagelint.documents.kubernetes.pods.stated import stated

        return tuple(stated(self, *keys))

    def annotated(self, prefix: str) -> tuple[tuple[str, Field[str]], ...]:
        """The annotations of the pods themselves whose names begin so, by the rest of them."""
        from imagelint.documents.kubernetes.pods.stated import annotated

        return tuple(annotated(self, prefix))

    @property
    def annotations(self) -> tuple[tuple[str, str], ...]:
        """The annotations of the pods themselves."""
        return self.template.at("metadata", "annotations").pairs()
