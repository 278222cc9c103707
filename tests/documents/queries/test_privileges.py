from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.queries.privileges import (
    is_root,
    known_items,
    lacks_seccomp,
    may_be_root,
    names_user,
    pins_memory,
    reaches_rdma,
)

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Pod

TEXT = (
    "{{apiVersion: v1, kind: Pod, spec: {{containers: [{{image: a, securityContext: {{{}}}}}]}}}}"
)


def pod(security: str) -> Pod:
    return parse_manifest(Source("pod.yaml", TEXT.format(security))).pods[0]


@pytest.mark.parametrize(
    ("security", "may", "named", "must"),
    [
        ("", True, False, False),
        ("runAsUser: 0", True, True, True),
        ("runAsUser: 10", True, True, False),
        ("runAsUser: '{{ x }}'", True, True, False),
        ("runAsNonRoot: true", False, False, False),
        ("runAsNonRoot: false", True, False, False),
        ("runAsNonRoot: '{{ x }}'", False, False, False),
    ],
)
def test_who_may_be_root(security: str, may: bool, named: bool, must: bool) -> None:  # noqa: FBT001 - expected
    (container,) = pod(security).containers
    assert (may_be_root(container), names_user(container)) == (may, named)
    assert is_root(container.privileges.user) is must


@pytest.mark.parametrize(
    ("resource", "reaches"),
    [
        ("rdma/hca_shared_devices_a", True),
        ("nvidia.com/rdma_shared_device_a", True),
        ("nvidia.com/hostdev", True),
        ("vpc.amazonaws.com/efa", True),
        ("nvidia.com/gpu", False),
        ("memory", False),
    ],
)
def test_who_reaches_the_memory_of_others(resource: str, reaches: bool) -> None:  # noqa: FBT001 - expected
    (container,) = pod(f"}}, resources: {{limits: {{{resource}: 1}}").containers
    assert reaches_rdma(container.runtime) is reaches


def test_who_pins_memory() -> None:
    assert pins_memory(pod("capabilities: {add: [IPC_LOCK]}"))
    assert not pins_memory(pod("capabilities: {drop: [IPC_LOCK]}"))
    assert not pins_memory(pod("capabilities: {add: '{{ x }}'}"))


@pytest.mark.parametrize(
    ("security", "lacks"),
    [
        ("", True),
        ("privileged: true", False),
        ("seccompProfile: {type: RuntimeDefault}", False),
        ("seccompProfile: '{{ x }}'", False),
        ("seccompProfile: {localhostProfile: a}", True),
    ],
)
def test_who_lacks_a_seccomp_profile(security: str, lacks: bool) -> None:  # noqa: FBT001 - expected
    (container,) = pod(security).containers
    assert lacks_seccomp(container) is lacks


def test_the_items_of_a_list_that_is_not_there() -> None:
    (container,) = pod("").containers
    assert known_items(container.privileges.added) == ()
