"""The packs `pss-*` refuse what the Pod Security Standards refuse, and nothing else.

https://kubernetes.io/docs/concepts/security/pod-security-standards/, as of Kubernetes 1.37: by
field, the values that it allows and those that it forbids.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from imagelint.core.source import Source
from imagelint.documents.detect import detect, parse
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.policy.load import pack
from imagelint.policy.model import Policy
from imagelint.run.policies import Policies
from imagelint.run.session import NullCache, ValidPolicies

Patch = dict[str, Any]
WHO = ("initContainers", "containers", "ephemeralContainers")
SECURE: Patch = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}
BEST: Patch = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    **{
        who: [{"name": who.lower(), "image": "alpine:3.20", "securityContext": SECURE}]
        for who in WHO
    },
}
WINDOWS: Patch = {"os": {"name": "windows"}, "securityContext": {"runAsNonRoot": True}}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
SAFE = (
    *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies"),
    *("net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"),
    *("net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time"),
    *("net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"),
    *("net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
    *("net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"),
)
ADDED = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "SETFCAP"),
    *("SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
SOURCES = (
    *("gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd"),
    *("flexVolume", "cinder", "cephfs", "flocker", "fc", "azureFile", "azureDisk", "quobyte"),
    *("vsphereVolume", "portworxVolume", "photonPersistentDisk", "scaleIO", "storageos"),
)
CORE = (
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"),
    *("persistentVolumeClaim", "projected", "secret"),
)


def context(**fields: Any) -> Patch:
    return {"securityContext": fields}


def volume(kind: str) -> Patch:
    return {"volumes": [{"name": "one", kind: {"path": "/models"}}]}


# What is the same for both profiles: of the pod, of each of its containers.
POD: list[tuple[Patch, bool]] = [
    ({}, True),
    *(
        ({field: said}, not said)
        for field in ("hostNetwork", "hostPID", "hostIPC")
        for said in (True, False)
    ),
    *((context(sysctls=[{"name": name, "value": "1"}]), True) for name in SAFE),
    (context(sysctls=[{"name": "net.core.somaxconn", "value": "1"}]), False),
    (
        context(sysctls=[{"name": SAFE[0], "value": "1"}, {"name": "vm.swappiness", "value": "1"}]),
        False,
    ),
    (context(windowsOptions={"hostProcess": True}), False),
    (context(windowsOptions={"hostProcess": False}), True),
    *(
        (context(seLinuxOptions={"type": name}), True)
        for name in ("", "container_t", "container_init_t")
    ),
    *(
        (context(seLinuxOptions={"type": name}), True)
        for name in ("container_kvm_t", "container_engine_t")
    ),
    *(
        (context(seLinuxOptions={"type": name}), False)
        for name in ("spc_t", "container_logreader_t")
    ),
    (context(seLinuxOptions={"user": "system_u"}), False),
    (context(seLinuxOptions={"role": "system_r"}), False),
    (context(seLinuxOptions={"user": "", "role": "", "level": "s0:c1"}), True),
    *((context(appArmorProfile={"type": name}), True) for name in ("RuntimeDefault", "Localhost")),
    (context(appArmorProfile={"type": "Unconfined"}), False),
    *((context(seccompProfile={"type": name}), True) for name in ("RuntimeDefault", "Localhost")),
    (context(seccompProfile={"type": "Unconfined"}), False),
    (volume("hostPath"), False),
    *((volume(kind), True) for kind in CORE),
    ({"volumes": [{"name": "one"}]}, True),
]
CONTAINER: list[tuple[Patch, bool]] = [
    (context(privileged=True, allowPrivilegeEscalation=True), False),
    (context(privileged=False), True),
    (context(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}), True),
    *(
        (context(capabilities={"drop": ["ALL"], "add": [name]}), False)
        for name in ("NET_RAW", "ALL")
    ),
    *(
        (context(capabilities={"drop": ["ALL"], "add": [name]}), False)
        for name in ("IPC_LOCK", "chown")
    ),
    (context(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "BPF"]}), False),
    (context(capabilities={"drop": ["ALL"], "add": []}), True),
    ({"ports": [{"containerPort": 80, "hostPort": 80}]}, False),
    ({"ports": [{"containerPort": 80, "hostPort": 0}, {"containerPort": 81}]}, True),
    (context(appArmorProfile={"type": "Unconfined"}), False),
    (context(appArmorProfile={"type": "Localhost", "localhostProfile": "one"}), True),
    (context(seLinuxOptions={"type": "spc_t"}), False),
    (context(seLinuxOptions={"type": "container_t"}), True),
    (context(seLinuxOptions={"role": "sysadm_r"}), False),
    (context(procMount="Unmasked"), False),
    (context(procMount="Default"), True),
    (context(seccompProfile={"type": "Unconfined"}), False),
    (context(seccompProfile={"type": "Localhost", "localhostProfile": "one"}), True),
    (context(windowsOptions={"hostProcess": True}), False),
    *(
        ({probe: {"httpGet": {"port": 80, "host": host}}}, not host)
        for probe in PROBES
        for host in ("", "a.b")
    ),
    *(({probe: {"tcpSocket": {"port": 80, "host": "::1"}}}, False) for probe in PROBES),
    *(
        ({"lifecycle": {hook: {"httpGet": {"port": 80, "host": "a.b"}}}}, False)
        for hook in ("postStart", "preStop")
    ),
    *(
        ({"lifecycle": {hook: {"tcpSocket": {"port": 80, "host": "a.b"}}}}, False)
        for hook in ("postStart", "preStop")
    ),
    ({"lifecycle": {"preStop": {"httpGet": {"port": 80}}}}, True),
]
# What only the restricted profile refuses, or what it takes that is no default.
POD_RESTRICTED: list[tuple[Patch, bool]] = [
    *((volume(kind), False) for kind in SOURCES),
    (context(runAsNonRoot=False), False),
    (context(runAsNonRoot=None), False),
    (context(runAsUser=0), False),
    (context(runAsUser=1000), True),
    (context(runAsNonRoot=None, runAsUser=1000), False),
    (context(seccompProfile=None), False),
    ({**context(runAsNonRoot=None), "hostUsers": False}, True),
    ({**context(runAsUser=0), "hostUsers": False}, True),
    ({**context(runAsNonRoot=None), "hostUsers": True}, False),
    ({**context(seccompProfile=None), "hostUsers": False}, False),
    ({**context(seccompProfile=None), "nodeSelector": {"kubernetes.io/os": "windows"}}, False),
    ({**context(seccompProfile=None), "os": {"name": "windows"}}, True),
    ({**context(seccompProfile=None), "os": {"name": "linux"}}, False),
    ({**context(runAsNonRoot=None), "os": {"name": "windows"}}, False),
]
CONTAINER_RESTRICTED: list[tuple[Patch, bool]] = [
    (context(allowPrivilegeEscalation=True), False),
    (context(allowPrivilegeEscalation=None), False),
    (context(capabilities=None), False),
    (context(capabilities={"drop": []}), False),
    (context(capabilities={"drop": ["NET_RAW"]}), False),
    (context(capabilities={"drop": ["all"]}), False),
    (context(capabilities={"drop": ["CHOWN", "ALL"]}), True),
    *((context(capabilities={"drop": ["ALL"], "add": [name]}), False) for name in ADDED),
    (context(runAsNonRoot=False), False),
    (context(runAsNonRoot=True), True),
    (context(runAsUser=0), False),
    (context(runAsUser=1000), True),
]


def pod(patch: Patch, who: str = "", annotations: Patch | None = None) -> Patch:
    """The best pod with other fields; `who` is the list whose container has them."""
    spec = copy.deepcopy(BEST)
    place = spec[who][0] if who else spec
    for key, value in patch.items():
        both = isinstance(value, dict) and isinstance(place.get(key), dict)
        place[key] = {**place[key], **value} if both else value
    metadata = {"name": "one", "annotations": annotations or {}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def allows(profile: str, tried: Patch) -> bool:
    origin, text = "pod.yaml", json.dumps(tried)
    policies = Policies((f"pss-{profile}",), Policy(), ValidPolicies(NullCache()))
    document = parse(Source(origin, text), detect(origin, text))
    report = Examination(policies.of("."))(document, Project())
    assert not report.problems
    return not report.findings


def said(patch: Any) -> str:
    return json.dumps(patch)


@pytest.mark.parametrize("profile", ["baseline", "restricted"])
@pytest.mark.parametrize(("patch", "allowed"), POD, ids=said)
def test_what_a_pod_says(patch: Patch, allowed: bool, profile: str) -> None:  # noqa: FBT001 - of a table
    assert allows(profile, pod(patch)) is allowed


@pytest.mark.parametrize("profile", ["baseline", "restricted"])
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("patch", "allowed"), CONTAINER, ids=said)
def test_what_a_container_says(patch: Patch, allowed: bool, who: str, profile: str) -> None:  # noqa: FBT001 - of a table
    assert allows(profile, pod(patch, who)) is allowed


@pytest.mark.parametrize(("patch", "allowed"), POD_RESTRICTED, ids=said)
def test_what_a_restricted_pod_says(patch: Patch, allowed: bool) -> None:  # noqa: FBT001 - of a table
    assert allows("restricted", pod(patch)) is allowed
    assert allows("baseline", pod(patch))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("patch", "allowed"), CONTAINER_RESTRICTED, ids=said)
def test_what_a_restricted_container_says(patch: Patch, allowed: bool, who: str) -> None:  # noqa: FBT001 - of a table
    assert allows("restricted", pod(patch, who)) is allowed
    assert allows("baseline", pod(patch, who))


@pytest.mark.parametrize("value", ["runtime/default", "localhost/one", "", "unconfined"])
def test_annotations_of_apparmor(value: str) -> None:
    key = "container.apparmor.security.beta.kubernetes.io/containers"
    tried = pod({}, annotations={key: value})
    assert {allows(profile, tried) for profile in ("baseline", "restricted")} == {
        value != "unconfined"
    }


def test_a_container_answers_for_itself_where_its_pod_says_nothing() -> None:
    nothing = {"securityContext": None}
    own = pod(nothing)
    for who in WHO:
        of_own = own["spec"][who][0]["securityContext"]
        of_own.update(runAsNonRoot=True, seccompProfile={"type": "Localhost"})
    assert allows("restricted", own)
    assert not allows("restricted", pod(nothing))
    for field in ("runAsNonRoot", "seccompProfile"):
        less = copy.deepcopy(own)
        del less["spec"]["initContainers"][0]["securityContext"][field]
        assert not allows("restricted", less)


def test_a_pod_answers_for_what_its_containers_take_back() -> None:
    for field, bad, good in (
        ("runAsNonRoot", False, True),
        ("runAsUser", 0, 1000),
        ("seccompProfile", {"type": "Unconfined"}, {"type": "RuntimeDefault"}),
    ):
        tried = pod(context(**{field: bad}))
        for who in WHO:
            tried["spec"][who][0]["securityContext"][field] = good
        assert not allows("restricted", tried)


def test_users_of_its_own_unmask_the_paths_of_a_pod_by_baseline_only() -> None:
    tried = pod(context(procMount="Unmasked"), "containers")
    tried["spec"]["hostUsers"] = False
    assert allows("baseline", tried)
    assert not allows("restricted", tried)


def test_windows_is_asked_for_a_user_alone() -> None:
    tried = {**pod({}), "spec": {**WINDOWS, "containers": [{"name": "a", "image": "a:1"}]}}
    assert allows("restricted", tried)


def test_the_shared_memory_of_the_node_is_refused_to_a_server_as_well() -> None:
    tried = pod({"hostIPC": True})
    tried["spec"]["containers"][0].update(image="vllm/vllm-openai:v0.30.0", args=["--model", "/m"])
    assert not allows("baseline", tried)


def test_the_restricted_profile_holds_the_baseline() -> None:
    assert set(pack("pss-baseline").enabled) < set(pack("pss-restricted").enabled)
