"""How much pods and services may do."""

from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.compose.privileges import host_namespaces as of_service
from imagelint.documents.compose.privileges import read_privileges as read_service
from imagelint.documents.kubernetes.pods.privileges import (
    host_namespaces,
    is_for_windows,
    pod_privileges,
    read_privileges,
)
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml


def read(text: str) -> Cursor:
    (node,) = load_yaml(text)
    return Cursor(node)


def bare(fact: object) -> object:
    if not isinstance(fact, Known):
        return fact
    if isinstance(fact.value, tuple):
        return [bare(item.value) for item in fact.value]
    return fact.value


def test_the_security_context_of_a_container() -> None:
    container = read(
        "securityContext: {privileged: true, allowPrivilegeEscalation: false, runAsUser: 0,"
        " readOnlyRootFilesystem: '{{ x }}', seccompProfile: {type: Unconfined},"
        " capabilities: {add: [SYS_ADMIN, '{{ y }}'], drop: []}}"
    )
    found = read_privileges(container, read("{}"))
    assert [bare(field.value) for field in found] == [
        True,
        False,
        UNKNOWN,
        "0",
        ABSENT,
        "Unconfined",
        ["SYS_ADMIN", UNKNOWN],
        [],
        UNKNOWN,
        UNKNOWN,
    ]
    assert found.privileged.on
    assert not found.escalation.on
    assert found.seccomp.path == "securityContext.seccompProfile.type"
    assert found.dropped.path == "securityContext.capabilities.drop"


@pytest.mark.parametrize(
    ("capabilities", "dropped"),
    [
        ("{}", ABSENT),
        ("{drop: null}", ABSENT),
        ("{drop: '{{ x }}'}", UNKNOWN),
        ("'{{ x }}'", UNKNOWN),
        ("{drop: [ALL]}", ["ALL"]),
    ],
)
def test_capabilities_that_are_dropped(capabilities: str, dropped: object) -> None:
    container = read(f"securityContext: {{capabilities: {capabilities}}}")
    assert bare(read_privileges(container, read("{}")).dropped.value) == dropped


def test_only_some_fields_come_from_the_pod() -> None:
    spec = read(
        "securityContext: {runAsNonRoot: true, privileged: true, seccompProfile: '{{ x }}'}"
    )
    found = read_privileges(read("{}"), spec)
    assert (found.non_root.on, found.privileged.value) == (True, ABSENT)
    assert found.seccomp.value is UNKNOWN
    assert pod_privileges(spec).non_root.path == "securityContext.runAsNonRoot"
    empty = pod_privileges(read("{}"))
    assert empty.seccomp.value is ABSENT
    assert empty.seccomp.path == "securityContext.seccompProfile"


def test_the_namespaces_of_a_node() -> None:
    found = host_namespaces(read("{hostIPC: true, hostNetwork: '{{ x }}'}"))
    assert (found.ipc.on, found.network.value, found.pid.value) == (True, UNKNOWN, ABSENT)
    assert found.pid.path == "hostPID"


@pytest.mark.parametrize(
    ("spec", "windows"),
    [
        ("{os: {name: windows}}", True),
        ("{nodeSelector: {kubernetes.io/os: windows}}", True),
        ("{os: {name: linux}}", False),
        ("{}", False),
    ],
)
def test_pods_for_windows(spec: str, windows: bool) -> None:  # noqa: FBT001 - expected
    assert is_for_windows(read(spec)) is windows


def test_the_privileges_of_a_service() -> None:
    found = read_service(
        read(
            "privileged: true\nread_only: ${X}\nuser: '0'\ncap_add: [SYS_ADMIN]\n"
            "security_opt: ['no-new-privileges:true', seccomp=unconfined]"
        )
    )
    assert [bare(field.value) for field in found] == [
        True,
        False,
        UNKNOWN,
        "0",
        ABSENT,
        "Unconfined",
        ["SYS_ADMIN"],
        ABSENT,
        [],
        ABSENT,
    ]
    assert found.escalation.path == "security_opt[0]"


@pytest.mark.parametrize(
    ("options", "seccomp", "escalation"),
    [
        ("[]", ABSENT, ABSENT),
        ("[label:disable]", ABSENT, ABSENT),
        ("['seccomp:./profile.json']", "Localhost", ABSENT),
        ("['${X}']", UNKNOWN, UNKNOWN),
        ("${X}", UNKNOWN, UNKNOWN),
    ],
)
def test_security_options(options: str, seccomp: object, escalation: object) -> None:
    found = read_service(read(f"security_opt: {options}"))
    assert bare(found.seccomp.value) == seccomp
    assert bare(found.escalation.value) == escalation


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("{}", ABSENT),
        ("network_mode: host", True),
        ("network_mode: bridge", False),
        ("network_mode: 'service:vpn'", UNKNOWN),
        ("network_mode: ${X}", UNKNOWN),
    ],
)
def test_the_network_of_a_service(text: str, network: object) -> None:
    assert bare(of_service(read(text)).network.value) is network


def test_other_namespaces_of_a_service() -> None:
    found = of_service(read("ipc: host\npid: private"))
    assert found.ipc.on
    assert bare(found.pid.value) is False
    assert bare(read_service(read("cap_drop: ${X}")).dropped.value) is UNKNOWN
