"""The rule `added-capability`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.privileges import capability_name, known_items, reaches_rdma
from imagelint.knowledge.kubernetes.pod_security import baseline_capabilities
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    (Container, ComposeService),
    Severity.MEDIUM,
    references=(
        "PSS baseline",
        "Trivy KSV-0005",
        "Trivy KSV-0022",
        "Trivy KSV-0119",
        "Trivy KSV-0120",
        "Checkov CKV_K8S_25",
        "Checkov CKV_K8S_39",
        "Polaris dangerousCapabilities",
        "Polaris insecureCapabilities",
        "Kyverno disallow-capabilities",
    ),
    former=("capabilities-not-dropped",),
)
def added_capability(container: Container | ComposeService, ctx: Context) -> Findings:
    """The container gets a Linux capability that containers do not have by default.

    With `SYS_ADMIN`, `SYS_PTRACE`, `NET_ADMIN` and their like a process does to its host, or to
    what runs beside it, what containers are meant to prevent. No model server needs one.

    Except:
        Privileged containers, which have all of them. `IPC_LOCK` and `SYS_RESOURCE`, by which RDMA
        pins memory, get a low severity, and are only noted beside a request for an RDMA device.
        Pods of a DaemonSet, which do a node's work, get a low severity. `ALL` gets a high severity
        in a compose service.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {capabilities: {drop: [ALL], add: [SYS_ADMIN]}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {capabilities: {drop: [ALL]}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            cap_add: [SYS_ADMIN]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            cap_drop: [ALL]
    """
    service = isinstance(container, ComposeService)
    what = container.title if isinstance(container, ComposeService) else "container"
    privileges = container.runtime.privileges
    for item in () if privileges.privileged.on else known_items(privileges.added):
        if not isinstance(item.value, Known):
            continue
        written = item.value.value
        name = capability_name(written)
        if name not in baseline_capabilities():
            yield ctx.finding(
                item,
                f"the {what} `{container.name}` adds the capability {written}",
                help=_RDMA if name in _FOR_RDMA else _UNUSED,
                subject=container.name,
                severity=_severity(container, name),
            )
        elif not service and written != name:
            yield ctx.finding(
                item,
                f"admission knows no capability {written} that may be added",
                help=f"write `{name}`",
                subject=container.name,
                severity=Severity.LOW,
            )


# GPUDirect RDMA and RoCE pin memory.
_FOR_RDMA = frozenset(("IPC_LOCK", "SYS_RESOURCE"))
_RDMA = "keep it only for RDMA"
_UNUSED = "add back only what is proved to be used"


def _severity(container: Container | ComposeService, name: str) -> Severity | None:
    if name in _FOR_RDMA:
        return Severity.INFO if reaches_rdma(container.runtime) else Severity.LOW
    if isinstance(container, ComposeService):
        return Severity.HIGH if name == "ALL" else None
    return Severity.LOW if container.owner.is_node_agent else None
