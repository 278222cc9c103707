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
    pins_memory,
)

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Pod

TEXT = (
    "{{apiVersion: v1, kind: Pod, spec: {{containers: [{{image: a, securityContext: {{{}}}}}]}}}}"
)


def pod(security: str) -> Pod:
    return parse_manifest(Source("pod.yaml", TEXT.format(security))).pods[0]


@pytest.mark.parametrize(
    ("security", "may", "must"),
    [
        ("", True, False),
        ("runAsUser: 0", False, True),
        ("runAsUser: 10", False, False),
        ("runAsUser: '{{ x }}'", False, False),
        ("runAsNonRoot: true", False, False),
        ("runAsNonRoot: false", True, False),
        ("runAsNonRoot: '{{ x }}'", False, False),
    ],
)
def test_who_may_be_root(security: str, may: bool, must: bool) -> None:  # noqa: FBT001 - expected
    (container,) = pod(security).containers
    assert (may_be_root(container), is_root(container)) == (may, must)


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
