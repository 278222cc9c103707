from __future__ import annotations

import pytest

from imagelint.core.serving.host import ContainerEngine
from imagelint.documents.host.engines import (
    read_cdi,
    read_containerd,
    read_docker,
    read_podman,
    read_toolkit_mode,
)
from tests.collect.host.hosts import CDI, CONTAINERD, DOCKER

SHM = 64 * 2**20


def test_docker_is_read() -> None:
    found = read_docker(DOCKER, "daemon.json")
    assert found == ContainerEngine(
        "docker", "daemon.json", "nvidia", ("nvidia",), None, 8 * 2**30, "/srv/docker"
    )
    bare = read_docker("", "daemon.json")
    assert (bare.default, bare.nvidia, bare.shm, bare.root) == ("runc", (), SHM, "/var/lib/docker")
    assert read_docker('{"features": {"cdi": false}}', "").cdi is False
    odd = read_docker('{"runtimes": [], "default-shm-size": 3, "features": {"cdi": 1}}', "")
    assert (odd.nvidia, odd.shm, odd.cdi) == ((), SHM, None)


def test_a_runtime_is_known_by_what_it_starts() -> None:
    text = (
        '{"runtimes": {"gpu": {"path": "/usr/bin/nvidia-container-runtime"}, "x": {"path": "y"}}}'
    )
    assert read_docker(text, "").nvidia == ("gpu",)


def test_containerd_is_read() -> None:
    found = read_containerd(CONTAINERD, "config.toml")
    assert (found.default, found.nvidia, found.cdi) == ("nvidia", ("nvidia",), True)
    assert (found.root, found.mistake) == ("/var/lib/containerd", "")


@pytest.mark.parametrize("version", ["version = 2\n", "version = 3\n", "", "version = 9\n"])
def test_containerd_reads_its_runtimes_where_its_version_says(version: str) -> None:
    body = CONTAINERD.removeprefix("version = 3\n")
    newest = read_containerd(f"{version}{body}", "")
    expected = version in ("version = 3\n", "version = 9\n")
    assert bool(newest.nvidia) is expected
    assert bool(newest.mistake) is not expected
    older = body.replace("io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri")
    assert bool(read_containerd(f"{version}{older}", "").nvidia) is (version == "version = 2\n")


@pytest.mark.parametrize("version", ["[1]", "{a = 1}", "'x'", "nan"])
def test_containerd_of_no_version_is_of_the_newest(version: str) -> None:
    body = CONTAINERD.removeprefix("version = 3\n")
    assert read_containerd(f"version = {version}\n{body}", "").nvidia == ("nvidia",)


def test_what_stands_where_nobody_reads_is_a_mistake() -> None:
    text = CONTAINERD.replace("io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri")
    said = "the runtime stands under 'io.containerd.grpc.v1.cri', which version 3 does not read"
    assert read_containerd(text, "").mistake == said


def test_podman_is_read() -> None:
    text = '[engine]\nruntime = "runc"\n[engine.runtimes]\nnvidia = []\n[containers]\n'
    found = read_podman(f'{text}shm_size = "2g"\n', "")
    assert (found.default, found.nvidia, found.cdi, found.shm) == (
        *("runc", ("nvidia",)),
        True,
        2 * 2**30,
    )
    assert read_podman("", "").shm == SHM


def test_the_mode_of_the_runtime_is_read() -> None:
    assert read_toolkit_mode('[nvidia-container-runtime]\nmode = "cdi"\n') == "cdi"
    assert read_toolkit_mode("") == ""


def test_devices_are_read() -> None:
    found = read_cdi(CDI, "nvidia.yaml")
    assert (found.kind, found.devices) == ("nvidia.com/gpu", ("0", "all"))
    assert read_cdi('{"kind": "x", "devices": [3, {"name": "a"}]}', "").devices == ("a",)


@pytest.mark.parametrize("text", ["{", "[]", "kind: x\n", "devices: 3\n", "a: !!python/name:x 1\n"])
def test_what_describes_no_devices_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no"):
        read_cdi(text, "")


@pytest.mark.parametrize("text", ["[]", "{", '"x"'])
def test_what_is_no_configuration_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_docker(text, "")
