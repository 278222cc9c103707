"""Memory and mounts, as Linux tells them in `/proc`: https://man7.org/linux/man-pages/man5/proc.5.html."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count

if TYPE_CHECKING:
    from collections.abc import Iterable

_KIBIBYTE = 1024
_UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}
_NETWORK = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "ceph",
        "lustre",
        "beegfs",
        "gpfs",
        "glusterfs",
        "9p",
        "virtiofs",
    )
)
_MEMORY = frozenset(("tmpfs", "ramfs"))
_FIELDS = 4


class Mount(NamedTuple):
    """What is mounted where."""

    source: str
    folder: str
    kind: str
    options: tuple[str, ...]


def read_memory(text: str) -> int | None:
    """All memory of `/proc/meminfo`, in bytes; None where it does not tell."""
    for line in text.splitlines():
        name, _, said = line.partition(":")
        number = said.split()
        if name == "MemTotal" and number:
            kibibytes = parse_count(number[0])
            return None if kibibytes is None else kibibytes * _KIBIBYTE
    return None


def read_mounts(text: str) -> tuple[Mount, ...]:
    """The mounts of `/proc/mounts`, in their order."""
    rows = (line.split() for line in text.splitlines())
    return tuple(
        Mount(row[0], _unescaped(row[1]), row[2], tuple(row[3].split(",")))
        for row in rows
        if len(row) >= _FIELDS
    )


def _unescaped(path: str) -> str:
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")


def mount_of(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """The mount on which a path lies: the longest that holds it, the last of several there."""
    held = [one for one in mounts if _holds(one.folder, path)]
    return (
        max(enumerate(held), key=lambda each: (len(each[1].folder), each[0]))[1] if held else None
    )


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def shm_of(mounts: Iterable[Mount], memory: int | None) -> int | None:
    """The size of the host's `/dev/shm` in bytes: half of the memory where its mount says none."""
    found = [one for one in mounts if one.folder == "/dev/shm" and one.kind in _MEMORY]  # noqa: S108
    if not found:
        return None
    for option in found[-1].options:
        name, _, size = option.partition("=")
        if name == "size":
            return _size(size, memory)
    return None if memory is None else memory // 2


def _size(text: str, memory: int | None) -> int | None:
    if text.endswith("%") and text[:-1].isdecimal():
        return None if memory is None else memory * int(text[:-1]) // 100
    unit = _UNITS.get(text[-1:].lower())
    digits = text[:-1] if unit else text
    return int(digits) * (unit or 1) if digits.isdecimal() else None


def medium_without_device(mount: Mount) -> str:
    """`network` or `memory` where the kind of a mount tells it; else empty."""
    if mount.kind in _NETWORK or (mount.kind.startswith("fuse.") and ":" in mount.source):
        return "network"
    return "memory" if mount.kind in _MEMORY else ""


def device_of(mount: Mount) -> str:
    """The block device of a mount, as `/sys/class/block` names it; empty where there is none."""
    return basename(mount.source) if mount.source.startswith("/dev/") else ""
