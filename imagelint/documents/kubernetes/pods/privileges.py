"""How much the containers of a pod may do, and what of their node they see."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.runtime.field import Field
from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
from imagelint.documents.yaml.nodes import Sequence

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

# Fields of a pod's securityContext which hold for containers that do not set them:
# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context
_INHERITED = frozenset(("runAsNonRoot", "runAsUser", "seccompProfile"))


class _SecurityContexts(NamedTuple):
    """The container's own, and that of its pod."""

    own: Cursor
    pod: Cursor | None

    def __call__(self, name: str) -> Cursor:
        """A field, from the pod where the container does not say."""
        own = self.own[name]
        if self.pod is not None and name in _INHERITED and (not own.exists or own.null):
            inherited = self.pod[name]
            return inherited if inherited.exists else own
        return own


def read_privileges(container: Cursor, spec: Cursor) -> Privileges:
    """How much a container of a pod with that spec may do."""
    return _read(_SecurityContexts(container["securityContext"], spec["securityContext"]))


def user(container: Cursor, spec: Cursor) -> Field[str]:
    """Who a container of a pod with that spec runs as."""
    place = _SecurityContexts(container["securityContext"], spec["securityContext"])("runAsUser")
    return Field(place.text(), place)


def pod_privileges(spec: Cursor) -> Privileges:
    """What a pod says for all of its containers, as far as it can."""
    return _read(_SecurityContexts(spec["securityContext"], None))


def host_namespaces(spec: Cursor) -> HostNamespaces:
    """The namespaces of the node that the containers of a pod share."""
    ipc, network, pid = spec["hostIPC"], spec["hostNetwork"], spec["hostPID"]
    return HostNamespaces(_boolean(ipc), _boolean(network), _boolean(pid))


def is_for_windows(spec: Cursor) -> bool:
    """Whether a pod is for Windows nodes, where most of the security context has no meaning."""
    named = spec.at("os", "name").text()
    selected = spec.at("nodeSelector", "kubernetes.io/os").text()
    return any(isinstance(fact, Known) and fact.value == "windows" for fact in (named, selected))


def _read(field: _SecurityContexts) -> Privileges:
    user, capabilities = field("runAsUser"), field("capabilities")
    return Privileges(
        privileged=_boolean(field("privileged")),
        escalation=_boolean(field("allowPrivilegeEscalation")),
        read_only_root=_boolean(field("readOnlyRootFilesystem")),
        user=Field(user.text(), user),
        non_root=_boolean(field("runAsNonRoot")),
        seccomp=_seccomp(field("seccompProfile")),
        added=_list(capabilities, "add"),
        dropped=_list(capabilities, "drop"),
    )


def _boolean(place: Cursor) -> Field[bool]:
    return Field(place.boolean(), place)


def _seccomp(profile: Cursor) -> Field[str]:
    kind = profile["type"]
    if profile.templated:
        return Field(UNKNOWN, profile)
    fact = kind.text()
    return Field(fact, profile if fact is ABSENT else kind)


def _list(capabilities: Cursor, name: str) -> Field[tuple[Field[str], ...]]:
    place = capabilities[name]
    fact: Fact[tuple[Field[str], ...]] = ABSENT
    if isinstance(place.node, Sequence):
        fact = Known(tuple(Field(item.text(), item) for item in place.items()), place.span)
    elif capabilities.templated or (place.exists and not place.null):
        fact = UNKNOWN
    return Field(fact, place)
