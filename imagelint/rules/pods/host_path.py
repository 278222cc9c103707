"""The rule `host-path`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Context, Findings, Severity, rule

_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock")
_CLOCK = ("/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo")
_HELP = "use a persistentVolumeClaim, or an emptyDir for what may be lost"
_SOCKET_HELP = "drop it: whoever speaks to the container runtime is root on the node"
_SENSITIVE = ("/", "/boot", "/dev", "/etc", "/proc", "/root", "/sys", "/usr", "/var/lib/kubelet")


@rule(
    Pod,
    Severity.MEDIUM,
    references=(
        "PSS baseline",
        "Trivy KSV-0006",
        "Trivy KSV-0023",
        "Trivy KSV-0121",
        "Checkov CKV_K8S_27",
        "kube-linter docker-sock",
        "kube-linter sensitive-host-mounts",
        "Polaris hostPathSet",
        "Kyverno disallow-host-path",
    ),
)
def host_path(pod: Pod, ctx: Context) -> Findings:
    """The pod mounts a folder of its node.

    What it writes there outlives it and is read by the next pod; a model cache on the node can be
    poisoned by anybody else who mounts it. The socket of the container runtime is the node itself.

    Except:
        Pods of a DaemonSet, which do a node's work, and the node's time zone get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
          volumes: [{name: models, hostPath: {path: /data/models}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
    """
    for volume in pod.volumes:
        path = volume.host_path.value
        if not isinstance(path, Known):
            continue
        yield ctx.finding(
            volume.host_path,
            f"`{path.value}` of the node is mounted",
            help=_SOCKET_HELP if path.value.endswith(_SOCKETS) else _HELP,
            subject=pod.owner.name,
            severity=_severity(pod, path.value),
        )


def _severity(pod: Pod, path: str) -> Severity | None:
    if path.endswith(_SOCKETS):
        return Severity.CRITICAL
    if pod.owner.is_node_agent or path.startswith(_CLOCK):
        return Severity.LOW
    return Severity.HIGH if (path.rstrip("/") or "/") in _SENSITIVE else None
