"""What a folder lies upon, and how much of it is free."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.host.rooted import below
from imagelint.core.serving.host import Disk
from imagelint.documents.host.machine import device_of, medium_without_device, mount_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.host.machine import Mount


_VIRTUAL_DISKS = ("vd", "xvd")
"""How Linux calls the disks of virtio and of Xen."""
_MOST_SAID = 64
_HYPERVISORS = frozenset(("QEMU", "VMware", "Msft", "Google", "VBOX", "Xen"))
"""What a SCSI disk that a hypervisor makes up says of its maker."""


def disk(root: str, path: str, mounts: Iterable[Mount]) -> Disk:
    """The disk of a folder below a root, or of the nearest folder above it that is there."""
    free, total = _space(below(root, path), root)
    mount = mount_of(path, mounts)
    if mount is None:
        return Disk(path, "", free, total)
    medium = medium_without_device(mount) or _medium(root, device_of(mount))
    return Disk(path, medium, free, total)


def _space(path: str, root: str) -> tuple[int | None, int | None]:
    while not os.path.exists(path) and len(path) > len(root):
        path = os.path.dirname(path)
    try:
        found = os.statvfs(path)
    except OSError:
        return None, None
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize


def _medium(root: str, device: str) -> str:
    """`nvme`, `virtual`, `ssd` or `hdd`, by what the kernel knows of it; empty where nothing.

    What a virtual disk says of its rotation is no fact: hypervisors leave it at that of a disk
    that turns.
    """
    if not device:
        return ""
    place = os.path.realpath(below(root, f"/sys/class/block/{device}"))
    if device.startswith("nvme"):
        return "nvme"
    if device.startswith(_VIRTUAL_DISKS):
        return "virtual"
    for folder in (place, os.path.dirname(place)):
        if _said(folder, "device", "vendor") in _HYPERVISORS:
            return "virtual"
        turns = _said(folder, "queue", "rotational")
        if turns:
            return {"0": "ssd", "1": "hdd"}.get(turns, "")
    return ""


def _said(*parts: str) -> str:
    """What the kernel says in a small file; empty where there is none."""
    try:
        with open(os.path.join(*parts), encoding="ascii") as file:
            return file.read(_MOST_SAID).strip()
    except (OSError, ValueError):
        return ""
