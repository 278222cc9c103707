"""Where something would be written, and how it is spelt there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN
from imagelint.core.source import Span
from imagelint.documents.compose.platform import ServicePlatform
from imagelint.documents.compose.probes import read_probes as read_health_check
from imagelint.documents.dockerfile.details import ImageDetails
from imagelint.documents.dockerfile.platform import ImagePlatform
from imagelint.documents.kubernetes.pods.platform import PodPlatform
from imagelint.documents.kubernetes.pods.probes import read_probes
from imagelint.documents.runtime.field import NOWHERE, Field, Place
from imagelint.documents.runtime.model import Runtime
from imagelint.documents.runtime.probe import Probe, ProbeCheck, ProbeTiming
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml

if TYPE_CHECKING:
    from imagelint.documents.runtime.platform import Platform

START = Place(Span(3, 6), "start")


def read(text: str) -> Cursor:
    (node,) = load_yaml(text)
    return Cursor(node)


POD = PodPlatform(read("{volumeMounts: [{name: a}], startupProbe: {httpGet: {}}}"))
SERVICE = ServicePlatform(read("{volumes: [a, b], healthcheck: {test: x}}"))
IMAGE = ImagePlatform(START)


def probe_of(platform: Platform) -> Probe:
    nothing = Field[str](ABSENT, NOWHERE)
    times = [Field[float](UNKNOWN, Place(Span(n, n), f"time {n}")) for n in range(7)]
    check = ProbeCheck(UNKNOWN, nothing, nothing, nothing, Field(ABSENT, NOWHERE))
    return Probe(
        START, platform.kind, "failures", kills=True, check=check, timing=ProbeTiming(*times)
    )


@pytest.mark.parametrize(
    ("platform", "kind", "host", "own_host", "host_ipc"),
    [
        (POD, "pod", "node", False, "hostIPC"),
        (SERVICE, "compose", "host", True, "ipc: host"),
        (IMAGE, "image", "host", False, "--ipc=host"),
    ],
)
def test_what_a_platform_calls_things(
    platform: Platform,
    kind: str,
    host: str,
    own_host: bool,  # noqa: FBT001 - expected
    host_ipc: str,
) -> None:
    assert (platform.kind, platform.host, platform.own_host) == (kind, host, own_host)
    assert platform.host_ipc == host_ipc
    assert Runtime(platform, "o", "n", Span(0, 0), ImageDetails(None)).kind == kind


@pytest.mark.parametrize(
    ("platform", "path", "advice"),
    [
        (POD, "volumeMounts[1]", "mount a `persistentVolumeClaim` at `/m`"),
        (
            SERVICE,
            "volumes[2]",
            "add `models:/m` to its `volumes`, and `models:` to those of the file",
        ),
        (IMAGE, "start", "run it with `--volume=models:/m`"),
    ],
)
def test_a_volume(platform: Platform, path: str, advice: str) -> None:
    proposal = platform.volume("/m")
    assert (getattr(proposal.place, "path", None), proposal.advice) == (path, advice)


@pytest.mark.parametrize(
    ("platform", "advice"),
    [
        (POD, "mount a `persistentVolumeClaim` at the model cache"),
        (
            SERVICE,
            "add `models:<model cache>` to its `volumes`, and `models:` to those of the file",
        ),
        (IMAGE, "run it with `--volume=models:<model cache>`"),
    ],
)
def test_a_volume_wherever_the_cache_is(platform: Platform, advice: str) -> None:
    assert platform.volume("").advice == advice


@pytest.mark.parametrize(
    ("platform", "path", "advice", "instead"),
    [
        (
            POD,
            "volumeMounts[1]",
            "mount an `emptyDir: {medium: Memory, sizeLimit: 16Gi}` at `/dev/shm`",
            "drop it and mount an `emptyDir: {medium: Memory, sizeLimit: 8Gi}` at `/dev/shm`",
        ),
        (
            SERVICE,
            "shm_size",
            "write `shm_size: 16gb`",
            "write `shm_size: 8gb` (16gb for many GPUs) instead",
        ),
        (IMAGE, "start", "run it with `--shm-size=16g`", "run it with `--shm-size=8g` instead"),
    ],
)
def test_shared_memory(platform: Platform, path: str, advice: str, instead: str) -> None:
    proposal = platform.shared_memory(16)
    assert (getattr(proposal.place, "path", None), proposal.advice) == (path, advice)
    assert platform.instead_of_host_ipc() == instead


@pytest.mark.parametrize(
    ("platform", "path", "advice"),
    [
        (POD, "resources.limits", "write `resources: {limits: {nvidia.com/gpu: 1}}`"),
        (SERVICE, "deploy.resources.reservations.devices", "write `gpus: all`"),
        (IMAGE, "start", "run it with `--gpus=all`"),
    ],
)
def test_gpus(platform: Platform, path: str, advice: str) -> None:
    proposal = platform.gpus()
    assert (getattr(proposal.place, "path", None), proposal.advice) == (path, advice)


@pytest.mark.parametrize(
    ("platform", "path", "advice"),
    [
        (
            POD,
            "startupProbe",
            "add a `startupProbe` with `periodSeconds: 10` and `failureThreshold: 31` on `/health`",
        ),
        (SERVICE, "healthcheck", "add a `healthcheck` with `start_period: 301s` on `/health`"),
        (IMAGE, "start", "add `HEALTHCHECK --start-period=301s CMD …` on `/health`"),
    ],
)
def test_time_to_start(platform: Platform, path: str, advice: str) -> None:
    proposal = platform.startup_probe(301, "/health")
    assert (getattr(proposal.place, "path", None), proposal.advice) == (path, advice)


@pytest.mark.parametrize(
    ("platform", "path", "advice"),
    [
        (POD, "time 5", "write `periodSeconds: 10` and `failureThreshold: 30`, or more"),
        (SERVICE, "time 1", "write `start_period: 300s`, or longer"),
        (IMAGE, "time 1", "write `--start-period=300s`, or longer"),
    ],
)
def test_more_time(platform: Platform, path: str, advice: str) -> None:
    proposal = platform.more_time(probe_of(platform), 300)
    assert (getattr(proposal.place, "path", None), proposal.advice) == (path, advice)


def test_a_field_is_a_node_at_its_place() -> None:
    field = Field[bool](UNKNOWN, START)
    assert (field.span, field.path, field.on) == (START.span, "start", False)
    assert read_probes(read("{}")).liveness is read_health_check(read("{}")).liveness is ABSENT
