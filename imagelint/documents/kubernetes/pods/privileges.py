"""How much the containers of a pod may do, and what of their node they see."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Field
from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
from imagelint.documents.yaml.nodes import Sequence
from imagelint.knowledge.kubernetes.enumerations import enumeration

if TYPE_CHECKING:
    from collections.abc import Collection

    from imagelint.documents.yaml.cursor import Cursor

T = TypeVar("T")

_PODS_KEPT = 8
# Fields of a pod's securityContext which hold for containers that do not set them:
# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context
_INHERITED = frozenset(("runAsNonRoot", "runAsUser", "seccompProfile"))


class _SecurityContexts(NamedTuple):
    """The container's own, that of its pod, and the fields that come from elsewhere if need be."""

    own: Cursor
    pod: Cursor | None
    added: Collection[str] = ()

    def __call__(self, name: str) -> Cursor:
        """A field, from the pod where the container does not say."""
        own = self.own[name]
        if self.pod is not None and name in _INHERITED and (not own.exists or own.null):
            inherited = self.pod[name]
            return inherited if inherited.exists else own
        return own


def read_privileges(container: Cursor, spec: Cursor, added: Collection[str] = ()) -> Privileges:
    """How much a container of a pod with that spec may do.

    `added` are the fields that are not absent where nothing is written: an operator sets them.
    """
    return _read(_SecurityContexts(container["securityContext"], spec["securityContext"], added))


def user(container: Cursor, spec: Cursor, added: Collection[str] = ()) -> Field[str]:
    """Who a container of a pod with that spec runs as."""
    return _user(_SecurityContexts(container["securityContext"], spec["securityContext"], added))


@lru_cache(_PODS_KEPT)
def pod_privileges(spec: Cursor) -> Privileges:
    """What a pod says for all of its containers, as far as it can: several rules ask in a row."""
    return _read(_SecurityContexts(spec["securityContext"], None))


def host_namespaces(spec: Cursor) -> HostNamespaces:
    """The namespaces of the node that the containers of a pod share."""
    ipc, network, pid = spec["hostIPC"], spec["hostNetwork"], spec["hostPID"]
    return HostNamespaces(_boolean(ipc), _boolean(network), _boolean(pid))


@lru_cache(_PODS_KEPT)
def is_for_windows(spec: Cursor) -> bool:
    """Whether a pod is for Windows nodes, where most of the security context has no meaning."""
    selected = spec.at("nodeSelector", "kubernetes.io/os").word()
    return says_windows(spec) or selected == "windows"


@lru_cache(_PODS_KEPT)
def says_windows(spec: Cursor) -> bool:
    """Whether a pod says so itself, which the API server and admission ask; nodes are selected."""
    return spec.at("os", "name").word() == "windows"


def has_users_of_its_own(spec: Cursor) -> bool:
    """Whether a pod runs in a user namespace: its root is nobody on the node."""
    own = spec["hostUsers"].boolean()
    return isinstance(own, Known) and not own.value


def _read(field: _SecurityContexts) -> Privileges:
    capabilities = field("capabilities")
    return Privileges(
        privileged=_boolean(field("privileged"), field.added),
        escalation=_boolean(field("allowPrivilegeEscalation"), field.added),
        read_only_root=_boolean(field("readOnlyRootFilesystem"), field.added),
        user=_user(field),
        non_root=_boolean(field("runAsNonRoot"), field.added),
        seccomp=_unless_added(_seccomp(field("seccompProfile")), "seccompProfile", field.added),
        added=_list(capabilities, "add", field.added),
        dropped=_list(capabilities, "drop", field.added),
    )


def _user(field: _SecurityContexts) -> Field[str]:
    place = field("runAsUser")
    number = place.integer()
    user = Known(str(number.value), number.span) if isinstance(number, Known) else place.text()
    return _unless_added(Field(user, place), "runAsUser", field.added)


def _boolean(place: Cursor, added: Collection[str] = ()) -> Field[bool]:
    return _unless_added(Field(place.boolean(), place), place.key, added)


def _unless_added(field: Field[T], name: str, added: Collection[str]) -> Field[T]:
    return Field(UNKNOWN, field.place) if field.value is ABSENT and name in added else field


def _seccomp(profile: Cursor) -> Field[str]:
    kind = profile["type"]
    if profile.templated:
        return Field(UNKNOWN, profile)
    fact = kind.text()
    known = enumeration("Security", "seccompProfile", "type")
    if isinstance(fact, Known) and known.refuses(fact.value):
        return Field(ABSENT, kind)  # a profile that does not exist protects from nothing
    return Field(fact, profile if fact is ABSENT else kind)


def _list(capabilities: Cursor, name: str, added: Collection[str]) -> Field[tuple[Field[str], ...]]:
    place = capabilities[name]
    fact: Fact[tuple[Field[str], ...]] = ABSENT
    if isinstance(place.node, Sequence):
        fact = Known(tuple(Field(item.text(), item) for item in place.items()), place.span)
    elif capabilities.templated or (place.exists and not place.null):
        fact = UNKNOWN
    return _unless_added(Field(fact, place), "capabilities", added)


def security_context_of(spec: Cursor) -> str:
    """The same for everything that the security contexts of one pod leave open.

    Pods that YAML's aliases make of one text are one: what mends it mends all of them.
    """
    return f"securityContext {spec.span.start}"
