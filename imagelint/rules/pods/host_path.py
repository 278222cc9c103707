"""The rule `host-path`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.hostmounts import (
    NODE_FOLDERS,
    SOCKETS,
    HostShare,
    ruling_shares,
)
from imagelint.documents.queries.privileges import works_for_node
from imagelint.rules.api import Context, Findings, Severity, rule

_CLOCK = ("/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo")
_HELP = "use a `persistentVolumeClaim`, or an `emptyDir` for what may be lost"
_SOCKET_HELP = "drop it: whoever speaks to the container runtime is root on its host"

_HOST_HELP = "mount a folder of the project, or a named volume; name single devices"


@rule(
    (Pod, ComposeService),
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
def host_path(pod: Pod | ComposeService, ctx: Context) -> Findings:
    """The pod mounts a folder of its node, or the service what rules its host.

    What it writes there outlives it and is read by the next pod; a model cache on the node can be
    poisoned by anybody else who mounts it. The socket of the container runtime is the node itself.

    Except:
        Pods of a DaemonSet, which do a node's work, the exporters of a host's metrics, and the
        node's time zone get a low severity.
        Of what compose services mount only the socket of the container runtime, the root of the
        host and its system folders are reported; read only, the folders get a medium severity. A
        rule for devices (`a *:* rwm`) is reported where it lets the service use all of them.

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

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            volumes: ["/var/run/docker.sock:/var/run/docker.sock"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            volumes: ["./models:/models"]
    """
    if isinstance(pod, ComposeService):
        yield from _judge_service(pod, ctx)
        return
    for volume in pod.volumes:
        path = volume.host_path.value
        if not isinstance(path, Known):
            continue
        message = f"`{path.value}` of the node is mounted"
        help_ = _SOCKET_HELP if path.value.endswith(SOCKETS) else _HELP
        at, subject, level = volume.host_path, pod.owner.name, _severity(pod, path.value)
        yield ctx.finding(at, message, help=help_, subject=subject, severity=level)


def _judge_service(service: ComposeService, ctx: Context) -> Findings:
    for share in ruling_shares(service):
        help_ = _SOCKET_HELP if share.of_runtime else _HOST_HELP
        level = _severity_of_share(share, works=works_for_node(service))
        yield ctx.finding(share, share.what, help=help_, subject=service.name, severity=level)


def _severity_of_share(share: HostShare, *, works: bool) -> Severity | None:
    if works and not share.of_runtime:
        return Severity.LOW
    return None if share.read_only else Severity.HIGH


def _severity(pod: Pod, path: str) -> Severity | None:
    if path.endswith(SOCKETS):
        return Severity.CRITICAL
    if works_for_node(pod) or path.startswith(_CLOCK):
        return Severity.LOW
    return Severity.HIGH if (path.rstrip("/") or "/") in NODE_FOLDERS else None
