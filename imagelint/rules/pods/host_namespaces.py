"""The rule `host-namespaces`."""

from __future__ import annotations

from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import pins_memory
from imagelint.rules.api import Context, Findings, Severity, rule

_SHARED = {
    "hostNetwork": "the node's network: its loopback services, and every port that it opens",
    "hostPID": "the node's processes: their environments and open files",
    "hostIPC": "the node's shared memory segments and semaphores",
}


@rule(
    Pod,
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
def host_namespaces(pod: Pod, ctx: Context) -> Findings:
    """The pod shares a namespace with its node.

    What the container can see and signal then includes everything else that runs there.

    Except:
        Pods of a DaemonSet get a low severity. Shared memory of model servers is the business of
        `host-ipc`, and the network of pods that use RDMA (`IPC_LOCK`) gets a medium severity.

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
    """
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
            help=f"drop {field}",
            subject=pod.owner.name,
            severity=_severity(pod, field),
        )


def _severity(pod: Pod, field: str) -> Severity | None:
    if pod.owner.is_node_agent:
        return Severity.LOW
    if field == "hostNetwork" and pins_memory(pod):
        return Severity.MEDIUM
    return None


def _serves(pod: Pod, ctx: Context) -> bool:
    return isinstance(ctx.document, Manifest) and bool(ctx.document.servers_of(pod))
