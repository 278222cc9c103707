from __future__ import annotations

import math
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.shared import ImageRole

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Container, Pod

HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec:\n"


def pod(spec: str, head: str = HEAD) -> tuple[Pod, str]:
    text = head + indent(spec.strip("\n"), "  ") + "\n"
    (found,) = parse_manifest(Source("m.yaml", text)).pods
    return found, text


def container(fields: str, around: str = "") -> Container:
    found, _ = pod(f"{around}\ncontainers:\n- name: c\n{indent(fields.strip(), '  ')}")
    return found.containers[0]


def bare(fact: object) -> object:
    return fact.value if isinstance(fact, Known) else fact


def test_containers_have_roles_and_stand_in_source_order() -> None:
    found, text = pod(
        """
containers: [{name: main, image: a}]
initContainers:
- {name: setup, image: b}
- {name: proxy, image: c, restartPolicy: Always}
- nonsense
ephemeralContainers: [{name: debug, image: d}]
"""
    )
    assert [(c.name, c.role, c.serves) for c in found.containers] == [
        ("main", "container", True),
        ("setup", "init", False),
        ("proxy", "sidecar", True),
        ("debug", "ephemeral", False),
    ]
    assert [c.path for c in found.containers][1] == "spec.initContainers[0]"
    assert text[slice(*found.containers[1].span)] == "setup"
    assert text[slice(*found.span)] == "spec"
    assert found.owner.name == "p"


def test_images_are_references_or_unknown() -> None:
    image = container("image: ghcr.io/a/b:1").image
    assert image is not None
    assert image.role is ImageRole.POD
    assert isinstance(image.reference, Known)
    assert image.reference.value.registry == "ghcr.io"
    assert image.path == "spec.containers[0].image"
    for text in ("'{{ x }}'", "${IMAGE}", "'<image>'", "[]", "{{ .Values.image }}"):
        image = container(f"image: {text}").image
        assert image is not None
        assert image.reference is UNKNOWN
    assert container("image: ").image is None
    empty = container("image: ''").image
    assert empty is not None
    assert empty.text == ""
    assert empty.reference is UNKNOWN
    assert container("args: []").image is None


def test_a_container_without_name_points_at_its_first_key() -> None:
    found, text = pod("containers: [{image: a}]")
    assert found.containers[0].name == ""
    assert text[slice(*found.containers[0].span)] == "image: a"


def test_security_falls_back_to_the_pod_where_kubernetes_does() -> None:
    around = """
securityContext:
  runAsUser: 5
  seccompProfile: {type: RuntimeDefault}
"""
    inner = container("securityContext: {runAsNonRoot: null}", around)
    privileges = inner.privileges
    assert privileges.user.value == Known("5", privileges.user.span)
    assert privileges.user.path == "spec.securityContext.runAsUser"
    assert bare(privileges.seccomp.value) == "RuntimeDefault"
    assert privileges.seccomp.path == "spec.securityContext.seccompProfile.type"
    assert privileges.escalation.value is ABSENT
    own = "spec.containers[0].securityContext"
    assert privileges.escalation.path == f"{own}.allowPrivilegeEscalation"
    assert privileges.non_root.path == f"{own}.runAsNonRoot"
    assert inner.runtime.user == privileges.user.value


def test_the_runtime_says_where_a_container_runs() -> None:
    found, text = pod(
        """
hostIPC: true
nodeSelector: {nvidia.com/gpu.product: NVIDIA-L4}
containers:
- name: c
  image: i
  ports: [{containerPort: 8000}, {containerPort: http}, {containerPort: 9000}]
  resources: {limits: {nvidia.com/gpu: "2", memory: 8Gi}}
  volumeMounts: [{name: shm, mountPath: /dev/shm/}]
volumes:
- name: shm
  emptyDir: {medium: Memory, sizeLimit: 16Gi}
"""
    )
    runtime = found.containers[0].runtime
    assert (runtime.kind, runtime.owner, runtime.name, runtime.namespace) == (
        "pod",
        "Pod",
        "c",
        "n",
    )
    gpus = runtime.gpus
    assert isinstance(gpus, Known)
    assert (gpus.value.resource, bare(gpus.value.quantity)) == ("nvidia.com/gpu", 2.0)
    assert text[slice(*gpus.value.span)] == '"2"'
    assert bare(runtime.gpu_product) == "NVIDIA-L4"
    assert bare(runtime.memory_limit) == bare(runtime.shm) == 8 * 2**30
    assert runtime.shm_mount is not None
    assert runtime.shm_mount.source == "memory"
    assert runtime.host.ipc.on
    assert [port.number for port in runtime.ports] == [8000, 9000]
    assert runtime.declares(9000)
    assert not runtime.declares(80)
    assert runtime.user is ABSENT
    assert bare(runtime.group) == 1


def test_nothing_written_is_absent() -> None:
    runtime = container("image: i").runtime
    assert runtime.gpus is runtime.gpu_product is runtime.shm is runtime.memory_limit is ABSENT
    assert runtime.host.ipc.value is runtime.host.network.value is runtime.host.pid.value is ABSENT
    assert runtime.mounts == Known(())
    assert runtime.shm_mount is None


def test_the_limit_of_the_whole_pod_counts_for_its_containers() -> None:
    runtime = container("image: i", "resources: {limits: {memory: 1Gi}}").runtime
    assert bare(runtime.memory_limit) == 2**30


@pytest.mark.parametrize(
    ("volume", "memory", "size"),
    [
        ("emptyDir: {medium: Memory, sizeLimit: 1Gi}", "", 2**30),
        ("emptyDir: {medium: Memory, sizeLimit: 1Gi}", "512Mi", 2**29),
        ("emptyDir: {medium: Memory}", "512Mi", 2**29),
        ("emptyDir: {medium: Memory}", "", math.inf),
        ("emptyDir: {medium: Memory}", "'{{ x }}'", UNKNOWN),
        ("emptyDir: {medium: Memory, sizeLimit: '{{ x }}'}", "", UNKNOWN),
        ("emptyDir: {}", "512Mi", math.inf),
        ("", "", math.inf),
        ("emptyDir: {sizeLimit: 2Gi}", "512Mi", 2**31),
        ("hostPath: {path: /dev/shm}", "", math.inf),
        ("persistentVolumeClaim: {claimName: x}", "", UNKNOWN),
    ],
)
def test_size_of_the_shared_memory(volume: str, memory: str, size: object) -> None:
    limit = f"resources: {{limits: {{memory: {memory}}}}}\n" if memory else ""
    inner = container(
        f"{limit}volumeMounts: [{{name: v, mountPath: /dev/shm}}]",
        f"volumes:\n- name: v\n  {volume}\n",
    )
    assert bare(inner.runtime.shm) == size
    assert inner.runtime.shm_mount is not None


def test_variables_that_count_are_the_last() -> None:
    inner = container("env: [{name: A, value: '1'}, {name: A, value: '2'}]")
    variable = inner.variable("A")
    assert variable is not None
    assert bare(variable.value) == "2"
    assert inner.variable("B") is None


def test_annotations_of_the_pods_themselves() -> None:
    text = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {annotations: {a: b}}, spec: {template:"
        " {metadata: {annotations: {c: d}}, spec: {containers: [{image: e}]}}}}"
    )
    (found,) = parse_manifest(Source("m.yaml", text)).pods
    assert found.annotations == (("c", "d"),)


def test_pods_that_aliases_make_of_one_text_leave_the_same_open() -> None:
    body = "{containers: [{name: a, image: 'example.com/a:1'}]}"
    head = "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nspec:\n"
    for second, same in (("*pod", True), (body, False)):
        templates = f"leaderTemplate: {{spec: &pod {body}}}, workerTemplate: {{spec: {second}}}"
        text = f"{head}  a: {{{templates}}}\n"
        pods = parse_manifest(Source("a.yaml", text)).pods
        assert len(pods) == 2
        causes = {one.security_context for one in pods}
        assert causes == {one.security_context for pod in pods for one in pod.containers}
        assert (len(causes) == 1) is same
