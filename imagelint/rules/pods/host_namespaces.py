"""The rule `host-namespaces`."""

from __future__ import annotations

from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import pins_memory, works_for_node
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

_SHARED = {
    "hostNetwork": "the node's network: its loopback services, and every port that it opens",
    "hostPID": "the node's processes: their environments and open files",
    "hostIPC": "the node's shared memory segments and semaphores",
}

_OF_HOST = {
    "network_mode": "the host's network: its loopback services, and every port that it opens",
    "pid": "the host's processes: their environments and open files",
    "ipc": "the host's shared memory segments and semaphores",
    "uts": "the host's name, and with SYS_ADMIN lets it change that",
    "userns_mode": "the host's users: its root is the host's root",
    "cgroup": "the host's control groups: those of all other containers",
}
_LESS = ("uts", "userns_mode", "cgroup")


@rule(
    (Pod, ComposeService),
    Severity.HIGH,
    references=(
        "PSS baseline",
        "Trivy KSV-0008",
        "Trivy KSV-0009",
        "Trivy KSV-0010",
        "Checkov CKV_K8S_17",
        "Checkov CKV_K8S_18",
        "Checkov CKV_K8S_19",
        "kube-linter host-network",
        "kube-linter host-pid",
        "kube-linter host-ipc",
        "Polaris hostNetworkSet",
        "Polaris hostPIDSet",
        "Polaris hostIPCSet",
        "Kyverno disallow-host-namespaces",
    ),
)
def host_namespaces(pod: Pod | ComposeService, ctx: Context) -> Findings:
    """The pod, or the service, shares a namespace with its host.

    What the container can see and signal then includes everything else that runs there.

    Except:
        Pods of a DaemonSet, and the exporters of a host's metrics, get a low severity. Shared
        memory of model servers is the business of `host-ipc`, and the network of pods that use
        RDMA (`IPC_LOCK`) gets a medium severity. So do network and shared memory of compose
        services: nobody else's pods run beside them. Their `uts`, `userns_mode` and `cgroup` get a
        low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          hostNetwork: true
          containers: [{name: gateway, image: "nginx:1.29.1"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: gateway, image: "nginx:1.29.1"}]

    Bad (compose.yaml):
        services:
          web:
            image: nginx:1.29.1
            pid: host

    Good (compose.yaml):
        services:
          web:
            image: nginx:1.29.1
    """
    if isinstance(pod, ComposeService):
        yield from _judge_service(pod, ctx)
        return
    host = pod.host
    shared = {"hostNetwork": host.network, "hostPID": host.pid, "hostIPC": host.ipc}
    for field, place in shared.items():
        if not place.on:
            continue
        if field == "hostIPC" and _serves(pod, ctx):
            continue
        yield ctx.finding(
            place,
            f"{field} lets the pod see {_SHARED[field]}",
            help=f"drop `{field}`",
            subject=pod.owner.name,
            severity=_severity(pod, field),
        )


def _judge_service(service: ComposeService, ctx: Context) -> Findings:
    host = service.runtime.host
    of_host = (host.network, host.pid, host.ipc, host.uts, host.users, host.cgroup)
    for key, place in zip(_OF_HOST, of_host, strict=True):
        if not place.on or (key == "ipc" and _serves_here(service, ctx)):
            continue
        words = service.words
        drop, published = f"drop `{words.key(key)}`", words.key("ports")
        yield ctx.finding(
            place,
            f"{words.setting(key, 'host')} lets the {service.title} see {_OF_HOST[key]}",
            help=f"drop it, and publish by `{published}`" if key == "network_mode" else drop,
            subject=service.name,
            severity=_severity_of(service, key),
        )


def _severity_of(service: ComposeService, key: str) -> Severity | None:
    if works_for_node(service):
        return Severity.LOW
    if key == "pid":
        return None
    return Severity.LOW if key in _LESS else Severity.MEDIUM


def _serves_here(service: ComposeService, ctx: Context) -> bool:
    servers = ctx.document.nodes_of(ServingCommand)
    return any(server.launch.runtime.path == service.path for server in servers)


def _severity(pod: Pod, field: str) -> Severity | None:
    if works_for_node(pod):
        return Severity.LOW
    if field == "hostNetwork" and pins_memory(pod):
        return Severity.MEDIUM
    return None


def _serves(pod: Pod, ctx: Context) -> bool:
    return isinstance(ctx.document, Manifest) and bool(ctx.document.servers_of(pod))
