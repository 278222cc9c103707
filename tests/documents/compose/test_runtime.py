from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.compose.runtime import read_runtime
from imagelint.documents.runtime.model import ContainerPort
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml

if TYPE_CHECKING:
    from imagelint.documents.runtime.model import Runtime

DEVICES = "deploy: {resources: {reservations: {devices: DEVICES}}}"
SHM = "/dev/shm"  # noqa: S108 - text


def runtime(text: str) -> Runtime:
    (node,) = load_yaml(text if "image:" in text or "extends:" in text else f"{text}\nimage: a\n")
    service = Cursor(node)
    return read_runtime("a", service, (ContainerPort(80, service),))


def bare(fact: object) -> object:
    return fact.value if isinstance(fact, Known) else fact


@pytest.mark.parametrize(
    ("text", "resource", "count"),
    [
        ("gpus: all", "gpus", UNKNOWN),
        ("gpus: [{count: 2}, {device_ids: ['3']}]", "gpus", 3.0),
        (DEVICES.replace("DEVICES", "[{capabilities: [gpu], count: 2}]"), "devices", 2.0),
        (DEVICES.replace("DEVICES", "[{driver: nvidia, count: all}]"), "devices", UNKNOWN),
        (DEVICES.replace("DEVICES", "[{capabilities: [gpu]}]"), "devices", UNKNOWN),
        (DEVICES.replace("DEVICES", "[{capabilities: [gpu], count: $N}]"), "devices", UNKNOWN),
        (
            DEVICES.replace("DEVICES", "[{capabilities: [gpu], device_ids: ['0', '1']}]"),
            "devices",
            2.0,
        ),
        ("runtime: nvidia", "runtime", UNKNOWN),
        ("devices: [/dev/fuse, nvidia.com/gpu=all]", "devices", UNKNOWN),
    ],
)
def test_accelerators(text: str, resource: str, count: object) -> None:
    fact = runtime(text).gpus
    assert isinstance(fact, Known)
    assert fact.value.resource == resource
    assert bare(fact.value.quantity) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("image: a", ABSENT),
        ("deploy: {}", ABSENT),
        ("runtime: runc", ABSENT),
        (DEVICES.replace("DEVICES", "[{capabilities: [tpu]}]"), ABSENT),
        (DEVICES.replace("DEVICES", "$X"), UNKNOWN),
        ("gpus: {}", UNKNOWN),
        ("runtime: $RUNTIME", UNKNOWN),
        ("extends: {service: b}", UNKNOWN),
    ],
)
def test_no_accelerators_or_nothing_known(text: str, expected: object) -> None:
    assert runtime(text).gpus is expected


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("image: a", ABSENT),
        ("shm_size: 8gb", 8 * 2**30),
        ("shm_size: 1024", 1024),
        ("shm_size: ${X}", UNKNOWN),
        ("shm_size: lots", UNKNOWN),
        (f"tmpfs: {SHM}", math.inf),
        (f"tmpfs: ['/x', '{SHM}:size=1g,mode=1777']", 2**30),
        (f"tmpfs: ['{SHM}:size=$X']", UNKNOWN),
        (f"tmpfs: ['{SHM}:size=lots']", UNKNOWN),
        (f"volumes: [{{type: tmpfs, target: {SHM}, tmpfs: {{size: 1m}}}}]", 2**20),
        (f"volumes: ['{SHM}:{SHM}']", math.inf),
        ("ipc: service:b", UNKNOWN),
        ("volumes: $X", UNKNOWN),
        ("volumes: $X\nshm_size: 1m", 2**20),
        ("extends: {service: b}", UNKNOWN),
    ],
)
def test_shared_memory(text: str, size: object) -> None:
    assert bare(runtime(text).shm) == size


def test_the_rest_of_the_surroundings() -> None:
    found = runtime(
        "ipc: host\nuser: '1000:1000'\nlabels: [a=b, c]\nmem_limit: 1g\n"
        "deploy: {resources: {limits: {memory: 2g}}}"
    )
    assert (found.kind, found.owner, found.name) == ("compose", "compose service", "a")
    assert [port.number for port in found.ports] == [80]
    assert found.host.ipc.on
    assert bare(found.user) == "1000:1000"
    assert found.labels == (("a", "b"),)
    assert bare(found.memory_limit) == 2**30
    assert not found.managed
    limited = runtime("ipc: private\ndeploy: {resources: {limits: {memory: 2g}}}")
    assert bare(limited.memory_limit) == 2 * 2**30
    assert limited.host.ipc.value == Known(value=False, span=limited.host.ipc.span)
    assert runtime("image: a").memory_limit is ABSENT
    partial = runtime("extends: {service: b}")
    assert partial.managed
    assert partial.memory_limit is partial.mounts is UNKNOWN
