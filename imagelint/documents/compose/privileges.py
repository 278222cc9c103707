"""How much a service may do, and what of its host it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.compose.values import boolean, is_set, value
from imagelint.documents.runtime.field import Field
from imagelint.documents.runtime.privileges import (
    Confinement,
    HostNamespaces,
    Privileges,
    Switched,
)
from imagelint.documents.yaml.nodes import Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.yaml.cursor import Cursor

_NO_ESCALATION = ("no-new-privileges:true", "no-new-privileges=true", "no-new-privileges")
# https://docs.docker.com/reference/cli/docker/container/run/#security-opt
_CONFINEMENT = {
    "apparmor:unconfined": Confinement.APPARMOR,
    "label:disable": Confinement.SELINUX,
    "label:type:spc_t": Confinement.SELINUX,
    "systempaths:unconfined": Confinement.MASKED_PATHS,
}
_SECCOMP = ("seccomp:", "seccomp=")


def read_privileges(service: Cursor) -> Privileges:
    """How much a service may do."""
    user, options = service["user"], service["security_opt"]
    return Privileges(
        privileged=_boolean(service["privileged"]),
        escalation=_escalation(options),
        read_only_root=_boolean(service["read_only"]),
        user=Field(value(user), user),
        non_root=Field(ABSENT, user),
        seccomp=_seccomp(options),
        added=_list(service["cap_add"]),
        dropped=_list(service["cap_drop"]),
        unconfined=Field(Known(tuple(_switched(options))), options),
        engine_socket=_boolean(service["use_api_socket"]),
    )


def host_namespaces(service: Cursor) -> HostNamespaces:
    """The namespaces of the host that a service shares."""
    network = service["network_mode"]
    return HostNamespaces(
        ipc=_namespace(service["ipc"]),
        network=_network(network),
        pid=_namespace(service["pid"]),
        uts=_namespace(service["uts"]),
        users=_namespace(service["userns_mode"]),
        cgroup=_namespace(service["cgroup"]),
    )


def read_devices(service: Cursor) -> tuple[Field[str], ...]:
    """The devices of the host that a service is handed, each by its path there."""
    return tuple(Field(_host_path(value(item)), item) for item in service["devices"].items())


def takes_devices_otherwise(service: Cursor) -> bool:
    """Whether devices may come by a runtime, by rules, or from another service."""
    return any(service[key].exists for key in ("runtime", "extends", "device_cgroup_rules"))


def read_device_rules(service: Cursor) -> tuple[Field[str], ...]:
    """The rules by which a service may use devices of the host, each as it is written."""
    return tuple(Field(value(item), item) for item in service["device_cgroup_rules"].items())


def _host_path(device: Fact[str]) -> Fact[str]:
    if not isinstance(device, Known):
        return device
    return Known(device.value.partition(":")[0], device.span)


def _namespace(place: Cursor) -> Field[bool]:
    fact = value(place)
    return Field(Known(fact.value == "host", fact.span) if isinstance(fact, Known) else fact, place)


def _network(place: Cursor) -> Field[bool]:
    """Whether it is the host's network; unknown where it is another's, or none."""
    fact = value(place)
    if not isinstance(fact, Known):
        return Field(fact, place)
    if fact.value in ("host", "bridge"):
        return Field(Known(fact.value == "host", fact.span), place)
    return Field(UNKNOWN, place)


def _boolean(place: Cursor) -> Field[bool]:
    return Field(boolean(place), place)


def _list(place: Cursor) -> Field[tuple[Field[str], ...]]:
    fact: Fact[tuple[Field[str], ...]] = UNKNOWN if is_set(place) else ABSENT
    if isinstance(place.node, Sequence):
        fact = Known(tuple(Field(value(item), item) for item in place.items()), place.span)
    return Field(fact, place)


def _escalation(options: Cursor) -> Field[bool]:
    for item in options.items():
        if _text(item) in _NO_ESCALATION:
            return Field(Known(value=False, span=item.span), item)
    return Field(ABSENT if _is_read(options) else UNKNOWN, options)


def _seccomp(options: Cursor) -> Field[str]:
    for item in options.items():
        text = _text(item)
        if text.startswith(_SECCOMP):
            profile = text[len(_SECCOMP[0]) :]
            known = "Unconfined" if profile == "unconfined" else "Localhost"
            return Field(Known(known, item.span), item)
    return Field(ABSENT if _is_read(options) else UNKNOWN, options)


def _switched(options: Cursor) -> Iterator[Switched]:
    for item in options.items():
        text = _text(item).replace("=", ":", 1)
        what = _CONFINEMENT.get(text)
        if what is not None:
            yield Switched(item.span, item.path, what, f"drop `{_text(item)}`")


def _is_read(options: Cursor) -> bool:
    """Whether no option is filled in elsewhere."""
    listed = not is_set(options) or isinstance(options.node, Sequence)
    return listed and all(map(_text, options.items()))


def _text(item: Cursor) -> str:
    fact = value(item) if isinstance(item.node, Scalar) else UNKNOWN
    return fact.value if isinstance(fact, Known) else ""
