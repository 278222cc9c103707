"""What of its host a compose service is handed that rules the host."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.privileges import known_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.runtime.field import Field

SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "podman.sock")
"""How the sockets of container runtimes are called."""
SYSTEM_FOLDERS = ("/", "/boot", "/dev", "/etc", "/proc", "/root", "/sys", "/usr")
"""Folders that every machine has, and that hold who may do what on it."""
NODE_FOLDERS = (*SYSTEM_FOLDERS, "/var/lib/kubelet")
"""The same of a node of Kubernetes."""
_OF_DOCKER = ("/run", "/var/run", "/var/lib/docker")


# All devices, all of a kind, all disks of a driver: kernel.org, admin-guide/cgroup-v1/devices. To
# make nodes (`m`) every container is let: opencontainers/runc, libcontainer/specconv/spec_linux.go.
_ANY_DEVICE = pattern(
    r"[ \t]*(?:a(?:[ \t].*)?|(?:[bc][ \t]+\*:|b[ \t]+(\d+):\*).*[ \t]m*[rw][rwm]*)"
)
# Disks in memory, and files that are mounted: kernel.org, admin-guide/devices.
_NO_DISKS = frozenset({"1", "7"})
# Who may not make the node of a device reaches none by a rule.
_MAKES_NODES = frozenset({"MKNOD", "CAP_MKNOD", "ALL"})


class HostShare(NamedTuple):
    """A path of the host that a service sees; `what` names it for readers, with what is done."""

    span: Span
    what: str
    of_runtime: bool
    read_only: bool
    path: str


def ruling_shares(service: ComposeService) -> Iterator[HostShare]:
    """The sockets of a runtime, the system folders, the folder of all devices, and all of them."""
    mounts = service.runtime.mounts
    for mount in mounts.value if isinstance(mounts, Known) else ():
        folder = _plain(mount.host_path)
        inside = mount.target.value if isinstance(mount.target, Known) else ""
        # What is bound where the socket is looked for is one, wherever it comes from.
        unknown = mount.source in ("bind", "") and not folder
        of_runtime = (inside if unknown else folder).endswith(SOCKETS)
        if of_runtime or folder in SYSTEM_FOLDERS + _OF_DOCKER:
            what = f"`{mount.host_path or inside}` of the host is mounted"
            yield HostShare(
                mount.span, what, of_runtime, mount.read_only and not of_runtime, mount.path
            )
    yield from _engine_socket(service)
    for device in service.devices:
        if isinstance(device.value, Known) and _plain(device.value.value) == "/dev":
            what = "the folder of all devices of the host is mounted"
            yield HostShare(device.span, what, of_runtime=False, read_only=False, path=device.path)
    yield from _all_devices(service)


def _all_devices(service: ComposeService) -> Iterator[HostShare]:
    """The rules that let it use every device, which has only to be given a node in it."""
    privileges = service.runtime.privileges
    if _names_any(privileges.dropped) and not _names_any(privileges.added):
        return
    for one in service.device_rules:
        rule = _ANY_DEVICE.fullmatch(one.value.value) if isinstance(one.value, Known) else None
        if rule and rule[1] not in _NO_DISKS:
            which = f"disk `{rule[1]}:*`" if rule[1] else "device"
            what = f"any {which} of the host may be used"
            yield HostShare(one.span, what, of_runtime=False, read_only=False, path=one.path)


def _names_any(capabilities: Field[tuple[Field[str], ...]]) -> bool:
    return any(
        isinstance(item.value, Known) and item.value.value.upper() in _MAKES_NODES
        for item in known_items(capabilities)
    )


def _engine_socket(service: ComposeService) -> Iterator[HostShare]:
    handed = service.runtime.privileges.engine_socket
    if handed.on:
        what = "the socket of the container runtime of the host is mounted"
        yield HostShare(handed.span, what, of_runtime=True, read_only=False, path=handed.path)


def _plain(path: str) -> str:
    """The path without detours; what is relative stays so."""
    return normpath(path).replace("//", "/") if path else ""
