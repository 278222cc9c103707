from __future__ import annotations

import errno
import os
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.host.disks import disk
from imagelint.collect.host.nvml import ask_nvml
from imagelint.collect.host.reader import HostReader
from imagelint.collect.host.rooted import below
from imagelint.collect.process import find
from imagelint.core.environment import Environment
from imagelint.core.report import ProblemKind
from imagelint.core.serving.host import CheckState, Driver, HostGpu, MigDevice, Toolkit
from imagelint.documents.host.checks import checks
from imagelint.documents.host.machine import read_mounts
from imagelint.documents.host.starts import Wish, starts
from tests.collect.host import hosts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose programs are found, and no others but the shell's."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin")
    monkeypatch.setitem(sys.modules, "pynvml", None)
    find.cache_clear()
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    hosts.machine(folder)
    return folder


def test_a_host_is_read(root: Path, programs: Path) -> None:
    hosts.write(root, {"etc/docker/daemon.json": hosts.DOCKER, "etc/cdi/nvidia.yaml": hosts.CDI})
    hosts.program(programs, "nvidia-smi", hosts.smi(hosts.gpu()))
    ctk = "NVIDIA Container Toolkit CLI version 1.17.4\ncommit: abc"
    hosts.program(programs, "nvidia-ctk", ctk)
    facts = HostReader(str(root)).facts()
    board = HostGpu("NVIDIA H100 80GB HBM3", 81559, used=3)
    assert facts.driver == Driver("580.95.05", "13.0", (board,))
    assert facts.driver.gpus[0].label == "NVIDIA-H100-80GB-HBM3"
    assert (facts.pci_gpus, facts.memory, facts.shm) == (1, 65536 * 1024, 65536 * 1024)
    assert facts.toolkit == Toolkit("1.17.4")
    (docker,) = facts.engines
    assert (docker.default, docker.nvidia, docker.shm) == ("nvidia", ("nvidia",), 8 * 2**30)
    assert facts.cdi[0].devices == ("0", "all")
    assert [(one.path, one.medium) for one in facts.disks] == [("/srv/docker", "nvme")]
    assert facts.disks[0].free
    assert facts.problems == ()


def test_slices_are_read(root: Path, programs: Path) -> None:
    hosts.program(programs, "nvidia-smi", hosts.smi(hosts.gpu(mig="Enabled"), hosts.gpu()))
    first, second = HostReader(str(root)).facts().driver.gpus
    assert (first.mig, first.slices) == (True, (MigDevice(40448),) * 2)
    assert (second.mig, second.slices) == (None, ())


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [
        ("NVIDIA-SMI has failed because it could not reach the driver.", 9, "has failed because"),
        ("No devices were found", 6, "No devices were found"),
        ("", 3, "ended with 3"),
        ("<other/>", 0, "not understood"),
        ("not xml", 0, "not understood"),
    ],
)
def test_a_driver_that_does_not_work_is_told(
    root: Path, programs: Path, said: str, code: int, why: str
) -> None:
    kernel = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\n"
    hosts.write(root, {"proc/driver/nvidia/version": kernel})
    hosts.program(programs, "nvidia-smi", said, code)
    facts = HostReader(str(root)).facts()
    assert why in facts.driver.why
    assert (facts.driver.version, facts.driver.gpus) == ("580.65.06", ())
    assert bool(facts.problems) is (code == 0)


def test_without_programs_the_files_tell(root: Path, programs: Path) -> None:
    facts = HostReader(str(root)).facts()
    assert facts.driver == Driver(why="nvidia-smi is not installed", asked=False)
    assert facts.tells_of_gpus
    facts = HostReader(str(root), live=False).facts()
    assert facts.driver == Driver(why="programs were not asked", asked=False)
    assert facts.toolkit == Toolkit()


def test_fewer_gpus_than_are_attached_are_no_answer(root: Path, programs: Path) -> None:
    said = hosts.smi(hosts.gpu(), hosts.gpu()).replace(hosts.gpu(), "", 1)
    hosts.program(programs, "nvidia-smi", said)
    (problem,) = HostReader(str(root)).facts().problems
    assert problem.detail == "tells of 1 GPUs where it says that 2 are attached"


def test_gpus_of_others_are_named_and_not_judged(tmp_path: Path) -> None:
    """Accelerators and cards; not the display of a processor, nor the sound of a card."""
    hosts.machine(tmp_path, gpus=0)
    bus = [("0x1002", "0x120000")] * 2 + [("0x8086", "0x038000"), ("0x8086", "0x030000")]
    for at, (vendor, kind) in enumerate([*bus, ("0x1da3", "0x120000"), ("0x1002", "0x040300")]):
        place = f"sys/bus/pci/devices/{at}"
        hosts.write(tmp_path, {f"{place}/vendor": f"{vendor}\n", f"{place}/class": f"{kind}\n"})
    facts = HostReader(str(tmp_path), live=False).facts()
    assert (facts.pci_gpus, facts.other_gpus) == (0, ("AMD", "AMD", "Intel", "Habana"))
    told = [one for one in checks(facts, Environment()) if one.name == "gpu"]
    assert [one.said.partition(" on ")[0] for one in told[1:]] == [
        "2 of AMD",
        "1 of Intel",
        "1 of Habana",
    ]
    assert {one.state for one in told} == {CheckState.NOTE}


def test_a_disk_alone_tells_of_no_gpu(tmp_path: Path) -> None:
    hosts.write(tmp_path, {"etc/docker/daemon.json": hosts.DOCKER})
    facts = HostReader(str(tmp_path), live=False).facts()
    assert not facts.tells_of_gpus
    (check, *_) = checks(facts, Environment())
    assert check.state is CheckState.UNKNOWN
    assert [one.state for one in starts(Wish("nvidia/cuda:12.8.1-base"), facts)] == [check.state]


def test_links_of_another_system_lead_nowhere_else(tmp_path: Path) -> None:
    """What `/etc/…` is there is no file of ours."""
    root, ours = tmp_path / "root", tmp_path / "ours"
    hosts.write(root, {"opt/docker.json": hosts.DOCKER})
    hosts.write(ours, {"x.toml": hosts.CONTAINERD})
    (root / "etc/docker").mkdir(parents=True)
    (root / "etc/containerd").mkdir()
    (root / "etc/docker/daemon.json").symlink_to("/opt/../opt/docker.json")
    (root / "etc/containerd/config.toml").symlink_to(ours / "x.toml")
    (root / "etc/cdi").symlink_to("/etc/cdi")
    facts = HostReader(str(root), live=False).facts()
    assert [one.name for one in facts.engines] == ["docker"]
    (root / "etc/containerd/config.toml").unlink()
    (root / "etc/containerd/config.toml").symlink_to("../../../../ours/x.toml")
    assert HostReader(str(root), live=False).facts().engines == facts.engines
    assert below("/", "/etc/x") == "/etc/x"


def test_what_a_closed_folder_holds_is_not_known(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = os.stat

    def closed(path: str, *rest: Any, **named: Any) -> os.stat_result:
        if "rancher/k3s" in str(path):
            raise PermissionError(errno.EACCES, "closed")
        return stat(path, *rest, **named)

    monkeypatch.setattr(os, "stat", closed)
    (problem,) = HostReader(str(root), live=False).facts().problems
    assert problem.origin == "/var/lib/rancher/k3s/agent/etc/containerd/config.toml"
    assert problem.kind is ProblemKind.UNREADABLE


@pytest.mark.parametrize("name", ["etc/cdi/deep.yaml", "etc/docker/daemon.json"])
def test_what_is_deeper_than_anybody_writes_is_told(root: Path, name: str) -> None:
    hosts.write(root, {name: '{"a":' * 100_000})
    (problem,) = HostReader(str(root), live=False).facts().problems
    assert (problem.origin, problem.kind) == (f"/{name}", ProblemKind.UNPARSABLE)


def test_a_toolkit_is_known_by_its_files(root: Path, programs: Path) -> None:
    text = '[nvidia-container-runtime]\nmode = "cdi"\n'
    hosts.write(root, {"etc/nvidia-container-runtime/config.toml": text})
    assert HostReader(str(root), live=False).facts().toolkit == Toolkit("unknown", "cdi")


def test_engines_without_configuration_are_known_by_their_programs(root: Path) -> None:
    hosts.write(root, {"usr/bin/dockerd": "", "usr/bin/podman": ""})
    found = HostReader(str(root), live=False).facts().engines
    assert [(one.name, one.default, one.shm) for one in found] == [
        ("docker", "runc", 64 * 2**20),
        ("podman", "crun", 64 * 2**20),
    ]


def test_what_cannot_be_read_is_told(root: Path) -> None:
    broken = {"etc/docker/daemon.json": "{", "etc/containerd/config.toml": "= 3"}
    hosts.write(root, {**broken, "etc/cdi/nvidia.yaml": "{", "var/run/cdi": ""})
    (root / "etc/containers/containers.conf").mkdir(parents=True)
    problems = HostReader(str(root), live=False).facts().problems
    assert {problem.origin for problem in problems} == {
        *("/etc/docker/daemon.json", "/etc/containerd/config.toml", "/etc/cdi/nvidia.yaml"),
        *("/etc/containers/containers.conf", "/var/run/cdi"),
    }
    assert {problem.kind for problem in problems} == {
        ProblemKind.UNPARSABLE,
        ProblemKind.UNREADABLE,
    }


def test_disks_are_known_by_what_the_kernel_says(tmp_path: Path) -> None:
    block = tmp_path / "sys/devices/pci/block/sda"
    (block / "sda1").mkdir(parents=True)
    (block / "queue").mkdir()
    (tmp_path / "sys/class/block").mkdir(parents=True)
    (tmp_path / "sys/class/block/sda1").symlink_to("../../devices/pci/block/sda/sda1")
    mounts = read_mounts("/dev/sda1 / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\na:/b /net nfs rw 0 0\n")
    assert disk(str(tmp_path), "/", mounts).medium == ""
    for said, medium in (("0\n", "ssd"), ("1\n", "hdd"), ("?\n", "")):
        (block / "queue" / "rotational").write_text(said, encoding="ascii")
        assert disk(str(tmp_path), "/srv", mounts).medium == medium
    (block / "device").mkdir()
    for maker, medium in (("ATA     \n", "hdd"), ("QEMU    \n", "virtual"), ("Msft\n", "virtual")):
        (block / "queue" / "rotational").write_text("1\n", encoding="ascii")
        (block / "device" / "vendor").write_text(maker, encoding="ascii")
        assert disk(str(tmp_path), "/srv", mounts).medium == medium
    assert disk(str(tmp_path), "/run/x", mounts).medium == "memory"
    assert disk(str(tmp_path), "/net/models", mounts).medium == "network"
    assert disk(str(tmp_path), "/srv", ()).medium == ""
    assert disk(str(tmp_path / "none"), "/srv", mounts)[2:] == (None, None)
    assert disk(str(tmp_path), "/srv", read_mounts("overlay / overlay rw 0 0\n")).medium == ""


SLICES = (MigDevice(40448),) * 2


class FakeNvmlError(Exception):
    pass


def library(**functions: object) -> ModuleType:
    """The driver's library with two GPUs, one of which is cut into slices."""
    made = ModuleType("pynvml")

    def mode(handle: int) -> tuple[int, int]:
        if handle:
            raise FakeNvmlError("not supported")
        return 1, 1

    def part(_handle: int, at: int) -> str:
        if at > 1:
            raise FakeNvmlError("not found")
        return "slice"

    def memory(one: int | str) -> SimpleNamespace:
        return SimpleNamespace(total=(40448 if one == "slice" else 81559) * 2**20)

    made.__dict__.update(
        NVMLError=FakeNvmlError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlSystemGetDriverVersion=lambda: b"580.95.05",
        nvmlSystemGetCudaDriverVersion=lambda: 13010,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda at: at,
        nvmlDeviceGetName=lambda _handle: "NVIDIA H100 80GB HBM3",
        nvmlDeviceGetMemoryInfo=memory,
        nvmlDeviceGetBrand=lambda _handle: 14,
        nvmlDeviceGetMigMode=mode,
        nvmlDeviceGetMaxMigDeviceCount=lambda _handle: 7,
        nvmlDeviceGetMigDeviceHandleByIndex=part,
    )
    made.__dict__.update(functions)
    return made


def refuse(*_arguments: object) -> None:
    raise FakeNvmlError("driver not loaded")


def test_the_library_answers_where_the_program_is_missing(
    root: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", library())
    driver = HostReader(str(root)).facts().driver
    assert (driver.version, driver.cuda) == ("580.95.05", "13.1")
    assert driver.gpus == (
        HostGpu("NVIDIA H100 80GB HBM3", 81559, mig=True, slices=SLICES, brand="NVIDIA"),
        HostGpu("NVIDIA H100 80GB HBM3", 81559, brand="NVIDIA"),
    )


def test_the_library_tells_what_the_driver_keeps(
    root: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def memory(_one: object, version: int = 1) -> SimpleNamespace:
        newer = {"reserved": 480 * 2**20 - 1} if version == 2 else {}
        return SimpleNamespace(total=81559 * 2**20, **newer)

    said = {"nvmlMemory_v2": 2, "nvmlDeviceGetMemoryInfo": memory, "nvmlDeviceGetMigMode": refuse}
    monkeypatch.setitem(sys.modules, "pynvml", library(**said, nvmlDeviceGetBrand=refuse))
    for one in HostReader(str(root)).facts().driver.gpus:
        assert one == HostGpu("NVIDIA H100 80GB HBM3", 81559, reserved=480)
        assert one.usable == 81079


@pytest.mark.parametrize("name", ["nvmlInit", "nvmlDeviceGetCount"])
def test_a_library_without_a_driver_is_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", library(**{name: refuse}))
    assert ask_nvml() == Driver(why="NVML: driver not loaded")


def test_without_a_library_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert ask_nvml() is None


@pytest.mark.parametrize(
    ("mounts", "marks", "contained"),
    [
        ("overlay / overlay rw 0 0\n/dev/sda1 /etc/hosts ext4 rw 0 0\n", (), True),
        ("overlay / overlay rw 0 0\n", (), False),  # a host with an overlay for its root
        ("/dev/vda / ext4 rw 0 0\n/dev/sda1 /etc/hosts ext4 rw 0 0\n", (), False),
        ("/dev/vda / ext4 rw 0 0\n", (".dockerenv",), True),
        ("/dev/vda / ext4 rw 0 0\n", ("run/.containerenv",), True),
    ],
)
def test_a_container_is_known_by_what_engines_put_into_it(
    root: Path, programs: Path, mounts: str, marks: tuple[str, ...], *, contained: bool
) -> None:
    hosts.write(root, {"proc/mounts": mounts, **dict.fromkeys(marks, "")})
    assert HostReader(str(root)).facts().contained is contained
    assert not HostReader(str(root), live=False).facts().contained
