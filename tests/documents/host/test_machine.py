from __future__ import annotations

import pytest

from imagelint.documents.host.machine import (
    device_of,
    medium_without_device,
    mount_of,
    read_memory,
    read_mounts,
    shm_of,
)
from tests.collect.host.hosts import MOUNTS


def test_memory_is_in_bytes() -> None:
    assert read_memory("MemFree: 3 kB\nMemTotal:  8 kB\n") == 8192
    assert read_memory("") is None
    assert read_memory("MemTotal:\n") is None
    assert read_memory(f"MemTotal: {'9' * 5000} kB\n") is None


def test_a_path_lies_on_the_longest_mount() -> None:
    mounts = read_mounts(f"{MOUNTS}broken line\n")
    assert len(mounts) == 3
    found = mount_of("/srv/model files/a", mounts)
    assert found is not None
    assert (found.folder, medium_without_device(found)) == ("/srv/model files", "network")
    root = mount_of("/srv/model", mounts)
    assert root is not None
    assert (root.folder, device_of(root)) == ("/", "nvme0n1p2")
    assert mount_of("/x", ()) is None


def test_the_last_of_several_mounts_counts() -> None:
    found = mount_of("/a/b", read_mounts("x /a ext4 rw 0 0\ny /a nfs rw 0 0\n"))
    assert found is not None
    assert found.source == "y"


def test_other_kinds_of_mounts() -> None:
    remote, local = read_mounts("h:/x /a fuse.sshfs rw 0 0\nx /b fuse.ext2 rw 0 0\n")
    assert (medium_without_device(remote), medium_without_device(local)) == ("network", "")
    assert device_of(remote) == ""


@pytest.mark.parametrize(
    ("options", "memory", "size"),
    [
        ("rw,size=65536k", 100, 65536 * 1024),
        ("rw,size=2G", None, 2 * 2**30),
        ("size=4096", None, 4096),
        ("size=50%", 1000, 500),
        ("size=50%", None, None),
        ("size=some", 1000, None),
        ("rw", 1000, 500),
        ("rw", None, None),
    ],
)
def test_shared_memory_is_half_of_all_where_nothing_is_said(
    options: str, memory: int | None, size: int | None
) -> None:
    mounts = read_mounts(f"tmpfs /dev/shm tmpfs {options} 0 0\n")
    assert shm_of(mounts, memory) == size
    assert shm_of((), memory) is None
