"""Read a host: its files below a root, and, of the one that we run on, what its programs say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from imagelint.collect.host.disks import disk
from imagelint.collect.host.nvml import ask_nvml
from imagelint.collect.host.rooted import below
from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, run
from imagelint.collect.read import decode, read_bytes, unreadable
from imagelint.core.pattern import pattern
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.serving.host import CdiSpec, ContainerEngine, Driver, HostFacts, Toolkit
from imagelint.documents.host import engines, machine, smi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_DOCKER = "/etc/docker/daemon.json"
_CONTAINERD = (
    "/etc/containerd/config.toml",
    "/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
    "/var/lib/rancher/rke2/agent/etc/containerd/config.toml",
)
_PODMAN = ("/etc/containers/containers.conf", "/usr/share/containers/containers.conf")
_PROGRAMS = {"docker": "/usr/bin/dockerd", "podman": "/usr/bin/podman"}
_CDI_FOLDERS = ("/etc/cdi", "/var/run/cdi")
_RUNTIME_CONFIG = "/etc/nvidia-container-runtime/config.toml"
_RUNTIME = "/usr/bin/nvidia-container-runtime"
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
"""What docker and podman put into containers."""
_GIVEN = "/etc/hosts"
"""What every engine mounts into its containers; a host may lie upon an overlay as well."""
_PCI = "/sys/bus/pci/devices"
_NVIDIA_VENDOR, _DISPLAY_CLASS = "0x10de", "0x03"
# Accelerators by vendor and class (pci-ids.ucw.cz); Intel's displays of class 0x0300 are mostly
# those of processors, its GPUs for servers say 0x0380.
_OTHERS = {
    ("0x1002", "0x03"): "AMD",
    ("0x1002", "0x12"): "AMD",
    ("0x8086", "0x0380"): "Intel",
    ("0x1da3", "0x12"): "Habana",
}
_SMI_SECONDS, _CTK_SECONDS = 30.0, 10.0
_CTK_VERSION = pattern(r"version (\d+\.\d+\.\d+\S*)")
_PLATFORMS = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}
_NO_DEVICES = "No devices were found"


class HostReader:
    """Reads below `root`; `live` is false for a root that is not that of the running system."""

    def __init__(self, root: str = "/", *, live: bool = True) -> None:
        self._root = root
        self._live = live
        self._problems: list[Problem] = []

    def facts(self) -> HostFacts:
        """All that there is."""
        mounts = machine.read_mounts(self._text("/proc/mounts"))
        memory = machine.read_memory(self._text("/proc/meminfo"))
        found = tuple(self._engines())
        folders = tuple(dict.fromkeys(one.root for one in found if one.root)) or ("/",)
        return HostFacts(
            driver=self._driver(),
            pci_gpus=self._pci_gpus(),
            other_gpus=tuple(self._other_gpus()),
            bus_read=self._live or self._exists(_PCI),
            toolkit=self._toolkit(),
            engines=found,
            cdi=tuple(self._cdi()),
            memory=memory,
            shm=machine.shm_of(mounts, memory),
            disks=tuple(disk(self._root, folder, mounts) for folder in folders),
            problems=tuple(self._problems),
            contained=self._live and self._is_contained(mounts),
            platform=_PLATFORMS.get(os.uname().machine, "") if self._live else "",
        )

    def _is_contained(self, mounts: tuple[machine.Mount, ...]) -> bool:
        root = machine.mount_of("/", mounts)
        layered = root is not None and root.kind == "overlay"
        given = any(one.folder == _GIVEN for one in mounts)
        return (layered and given) or any(map(self._exists, _CONTAINER_MARKS))

    def _driver(self) -> Driver:
        kernel = smi.read_kernel_version(self._text("/proc/driver/nvidia/version"))
        said = self._program("nvidia-smi", ("-q", "-x"), _SMI_SECONDS)
        if said is None:
            asked = ask_nvml() if self._live else None
            if asked is not None:
                return asked if asked.version else asked._replace(version=kernel)
            why = "nvidia-smi is not installed" if self._live else "programs were not asked"
            return Driver(kernel, why=why, asked=False)
        if said.code or _NO_DEVICES in said.stdout:
            lines = (said.stdout + said.stderr).strip().splitlines()
            return Driver(kernel, why=lines[0] if lines else f"nvidia-smi ended with {said.code}")
        try:
            return smi.read_smi(said.stdout)
        except ValueError as error:
            self._problems.append(Problem(ProblemKind.UNPARSABLE, "nvidia-smi", str(error)))
            return Driver(kernel, why="nvidia-smi was not understood", asked=False)

    def _toolkit(self) -> Toolkit:
        mode = self._parsed(_RUNTIME_CONFIG, lambda text, _: engines.read_toolkit_mode(text)) or ""
        said = self._program("nvidia-ctk", ("--version",), _CTK_SECONDS)
        found = _CTK_VERSION.search(said.stdout) if said and not said.code else None
        if found:
            return Toolkit(found[1], mode)
        there = self._exists(_RUNTIME) or bool(mode)
        return Toolkit("unknown" if there else "", mode)

    def _engines(self) -> list[ContainerEngine]:
        found = [self._parsed(_DOCKER, engines.read_docker) or self._unconfigured("docker")]
        containerd = (self._parsed(path, engines.read_containerd) for path in _CONTAINERD)
        found += [one for one in containerd if one]
        podman = (self._parsed(path, engines.read_podman) for path in _PODMAN)
        found.append(next((one for one in podman if one), None) or self._unconfigured("podman"))
        return [one for one in found if one]

    def _unconfigured(self, name: str) -> ContainerEngine | None:
        """An engine that is installed and has no file of its own."""
        if not self._exists(_PROGRAMS[name]):
            return None
        read = engines.read_docker if name == "docker" else engines.read_podman
        return read("", f"no {name} configuration")

    def _cdi(self) -> list[CdiSpec]:
        found = []
        for folder in _CDI_FOLDERS:
            for name in self._names(folder):
                if name.endswith((".yaml", ".yml", ".json")):
                    spec = self._parsed(f"{folder}/{name}", engines.read_cdi)
                    found += [spec] if spec else []
        return found

    def _pci_gpus(self) -> int:
        return sum(
            self._text(f"{_PCI}/{name}/vendor").strip() == _NVIDIA_VENDOR
            and self._text(f"{_PCI}/{name}/class").startswith(_DISPLAY_CLASS)
            for name in self._names(_PCI)
        )

    def _other_gpus(self) -> Iterator[str]:
        for name in self._names(_PCI):
            vendor = self._text(f"{_PCI}/{name}/vendor").strip()
            kind = self._text(f"{_PCI}/{name}/class")
            for (maker, beginning), title in _OTHERS.items():
                if vendor == maker and kind.startswith(beginning):
                    yield title

    def _program(
        self, name: str, arguments: tuple[str, ...], seconds: float
    ) -> CompletedProcess | None:
        """What a program of the running host says; None where it is not there, or never ended."""
        if not self._live:
            return None
        request = ProcessRequest(name, arguments, name, ProcessLimits(seconds))
        said = run(request)
        if isinstance(said, Problem):
            if said.kind is not ProblemKind.TOOL_MISSING:
                self._problems.append(said)
            return None
        return said

    def _parsed(self, path: str, read: Callable[[str, str], T]) -> T | None:
        text = self._text(path)
        if not text:
            return None
        try:
            return read(text, path)
        except (ValueError, RecursionError) as error:
            self._problems.append(Problem(ProblemKind.UNPARSABLE, path, str(error)))
            return None

    def _text(self, path: str) -> str:
        """The text of a file; empty where there is none, and a problem where it cannot be read."""
        place = below(self._root, path)
        try:
            os.stat(place)
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except OSError as error:
            # A folder above may be closed to us: nobody knows whether it is there.
            self._problems.append(unreadable(path, error))
            return ""
        data = read_bytes(place, path)
        if isinstance(data, Problem):
            self._problems.append(data)
            return ""
        result = decode(data, path)
        self._problems += result.problems
        return result.source.text if result.source else ""

    def _names(self, folder: str) -> list[str]:
        try:
            return sorted(os.listdir(below(self._root, folder)))
        except FileNotFoundError:
            return []
        except OSError as error:
            detail = os.strerror(error.errno or 0).lower()
            self._problems.append(Problem(ProblemKind.UNREADABLE, folder, detail))
            return []

    def _exists(self, path: str) -> bool:
        return os.path.exists(below(self._root, path))
