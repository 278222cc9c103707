"""What `nvidia-smi -q -x` said on two machines with one GPU each, driver 580.159.04.

Serial numbers and identifiers are blanked, the clocks that a GPU can have are left out.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from imagelint.core.environment import Environment
from imagelint.core.serving.host import (
    CheckState,
    ContainerEngine,
    Disk,
    Driver,
    HostFacts,
    HostGpu,
    MigDevice,
    Toolkit,
)
from imagelint.documents.host.checks import checks
from imagelint.documents.host.machine import mount_of, read_mounts, shm_of
from imagelint.documents.host.smi import read_kernel_version, read_smi
from imagelint.documents.host.starts import Wish, starts
from imagelint.knowledge.gpus import gpu

RECORDED = Path(__file__).parent / "recorded"
# /proc/mounts and /proc/driver/nvidia/version of the machine with the H100.
MOUNTS = """\
devtmpfs /dev devtmpfs rw,relatime,size=65984560k,nr_inodes=16496140,mode=755 0 0
tmpfs /dev/shm tmpfs rw,relatime,size=131981020k 0 0
/dev/vda / ext4 rw,relatime,discard,resv_strict,resuid=65534,resgid=65534 0 0
/dev/vdb /usr/local/nvidia squashfs ro,nosuid,nodev,relatime,errors=continue 0 0
tmpfs /dev/shm tmpfs rw,relatime,size=134217728k 0 0
"""
KERNEL = """\
NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (nixbld@)
GCC version:  gcc version 15.3.0 (GCC)
"""


def recorded(name: str) -> Driver:
    return read_smi((RECORDED / f"{name}.xml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "board"),
    [
        (
            "h100",
            HostGpu("NVIDIA H100 80GB HBM3", 81559, mig=False, brand="NVIDIA", reserved=480),
        ),
        ("h200", HostGpu("NVIDIA H200", 143771, mig=False, brand="NVIDIA", reserved=616)),
    ],
)
def test_real_output_is_read(name: str, board: HostGpu) -> None:
    assert recorded(name) == Driver("580.159.04", "13.0", (board,))


@pytest.mark.parametrize(("name", "cuda"), [("h100", 81079.0), ("h200", 143155.9)])
def test_what_is_left_of_the_memory_is_what_cuda_tells(name: str, cuda: float) -> None:
    """`torch.cuda.mem_get_info` on the same machines, in MiB; our table has it in GiB."""
    (board,) = recorded(name).gpus
    assert board.usable == pytest.approx(cuda, abs=1.0)
    known = gpu(board.label)
    assert known is not None
    assert known.usable == pytest.approx(cuda / 1024, abs=0.05)


def test_less_than_nothing_is_never_left() -> None:
    slices = (MigDevice(None, 5), MigDevice(3, 9))
    assert HostGpu("A", 80_000, mig=True, slices=slices).usable == 0
    assert HostGpu("A", 3, reserved=9).usable == 0
    assert HostGpu("A", reserved=9).usable is None


def test_the_files_of_the_machine_are_read() -> None:
    mounts = read_mounts(MOUNTS)
    assert shm_of(mounts, None) == 128 * 2**30
    root = mount_of("/var/lib/docker", mounts)
    assert root is not None
    assert root.source == "/dev/vda"
    assert read_kernel_version(KERNEL) == "580.159.04"


@pytest.mark.parametrize(
    ("variables", "met"),
    [
        ("cuda>=12.8 brand=unknown,driver>=470,driver<471", True),
        ("cuda>=13.1 brand=nvidia,driver>=580,driver<581", True),
        ("cuda>=13.1 brand=tesla,driver>=580,driver<581", False),
    ],
)
def test_demands_are_held_against_the_real_brand(variables: str, *, met: bool) -> None:
    facts = HostFacts(recorded("h100"))
    wish = Wish("nvidia/cuda:12.8.1-base", {"NVIDIA_REQUIRE_CUDA": variables})
    (demand,) = (one for one in starts(wish, facts) if one.name == "require")
    assert (demand.state is CheckState.GOOD) is met


def test_a_host_without_the_toolkit_is_told_what_lacks() -> None:
    facts = HostFacts(recorded("h100"), 1, disks=(Disk("/", "virtual", 2**36),))
    told = {check.name: check for check in checks(facts, Environment())}
    assert told["toolkit"].said == "no NVIDIA container toolkit is installed"
    assert told["disk"].said == "/: a virtual disk, 64 GiB free"


def test_a_container_with_a_gpu_that_works_needs_no_toolkit_of_its_own() -> None:
    facts = HostFacts(recorded("h100"), 1, contained=True)
    told = {check.name: check.state for check in checks(facts, Environment())}
    assert "toolkit" not in told
    assert told["engine"] is CheckState.GOOD
    seen = facts._replace(engines=(ContainerEngine("docker", "x"),), toolkit=Toolkit("1.17.4"))
    assert {check.name for check in checks(seen, Environment())} >= {"toolkit", "engine"}
