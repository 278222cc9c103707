"""The rule `capabilities-not-dropped`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.privileges import known_items
from imagelint.rules.api import Context, Findings, Severity, rule

# Pod Security Standards, restricted: this one may be added back.
_MAY_STAY = frozenset(("NET_BIND_SERVICE",))
# GPUDirect RDMA and RoCE pin memory.
_FOR_RDMA = frozenset(("IPC_LOCK", "SYS_RESOURCE"))


@rule(
    Container,
    Severity.MEDIUM,
    references=(
        "PSS restricted",
        "Trivy KSV-0003",
        "Trivy KSV-0004",
        "Trivy KSV-0022",
        "Trivy KSV-0106",
        "Checkov CKV_K8S_37",
        "Checkov CKV_K8S_25",
        "Checkov CKV_K8S_28",
        "kube-linter drop-net-raw-capability",
        "Polaris insecureCapabilities",
        "Kyverno disallow-capabilities-strict",
    ),
)
def capabilities_not_dropped(container: Container, ctx: Context) -> Findings:
    """The container keeps Linux capabilities that it does not need.

    The default set of a container runtime lets a process forge packets, change owners and open raw
    sockets. No model server needs any of it; RDMA needs `IPC_LOCK` added back.

    Except:
        Privileged containers, which `privileged-container` speaks about, Windows pods, and
        patches, which hold only a part of a container.
        Pods of a DaemonSet, which do a node's work, get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {capabilities: {drop: [ALL]}}
    """
    if container.privileges.privileged.on or container.windows:
        return
    added, dropped = container.privileges.added, container.privileges.dropped
    items = [item.value for item in known_items(dropped)]
    known = [fact.value.upper() for fact in items if isinstance(fact, Known)]
    unwritten = container.partial and dropped.value is ABSENT
    unread = UNKNOWN in items or dropped.value is UNKNOWN
    if "ALL" not in known and not unread and not unwritten:
        yield ctx.finding(
            dropped,
            f"the container `{container.name}` does not drop all capabilities",
            help="set securityContext.capabilities.drop: [ALL]",
            subject=container.name,
            severity=Severity.LOW if container.owner.is_node_agent else None,
        )
    for item in known_items(added):
        if isinstance(item.value, Known) and _name(item.value.value) not in _MAY_STAY:
            rdma = _name(item.value.value) in _FOR_RDMA
            yield ctx.finding(
                item,
                f"the container `{container.name}` adds the capability {item.value.value}",
                help="keep it only for RDMA" if rdma else "add back only what is proved to be used",
                subject=container.name,
                severity=Severity.LOW if rdma or container.owner.is_node_agent else None,
            )


def _name(capability: str) -> str:
    return capability.upper().removeprefix("CAP_")
