"""The rule `capabilities-not-dropped`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.privileges import known_items
from imagelint.rules.api import Context, Findings, Severity, rule

# Pod Security Standards, restricted: this one may be added back.
_MAY_STAY = frozenset(("NET_BIND_SERVICE",))
# GPUDirect RDMA and RoCE pin memory.
_FOR_RDMA = frozenset(("IPC_LOCK", "SYS_RESOURCE"))


@rule(
    (Container, ComposeService),
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
def capabilities_not_dropped(container: Container | ComposeService, ctx: Context) -> Findings:
    """The container keeps Linux capabilities that it does not need.

    The default set of a container runtime lets a process forge packets, change owners and open raw
    sockets. No model server needs any of it; RDMA needs `IPC_LOCK` added back.

    Except:
        Privileged containers, which `privileged-container` speaks about, Windows pods, and
        patches, which hold only a part of a container.
        Pods of a DaemonSet, which do a node's work, get a low severity.
        Of a compose service only what it adds is reported; `ALL` gets a high severity there.

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
    if isinstance(container, ComposeService):
        yield from _added(container, container.title, ctx)
    elif not container.windows:
        if _keeps_some(container):
            message = f"the container `{container.name}` does not drop all capabilities"
            place, level = container.privileges.dropped, _in(container)
            name, cause = container.name, container.security_context
            yield ctx.finding(place, message, help=_DROP, subject=name, severity=level, cause=cause)
        yield from _added(container, "container", ctx)


_DROP = "set `securityContext.capabilities.drop: [ALL]`"


def _keeps_some(container: Container) -> bool:
    dropped = container.privileges.dropped
    items = [item.value for item in known_items(dropped)]
    unwritten = container.partial and dropped.value is ABSENT
    if UNKNOWN in items or dropped.value is UNKNOWN or unwritten:
        return False
    known = [fact.value.upper() for fact in items if isinstance(fact, Known)]
    return "ALL" not in known and not container.privileges.privileged.on


def _added(container: Container | ComposeService, what: str, ctx: Context) -> Findings:
    privileges = container.runtime.privileges
    for item in () if privileges.privileged.on else known_items(privileges.added):
        name = _name(item.value.value) if isinstance(item.value, Known) else ""
        if not isinstance(item.value, Known) or name in _MAY_STAY:
            continue
        message = f"the {what} `{container.name}` adds the capability {item.value.value}"
        rdma = name in _FOR_RDMA
        help_ = "keep it only for RDMA" if rdma else "add back only what is proved to be used"
        level = Severity.LOW if rdma else _in(container, name)
        yield ctx.finding(item, message, help=help_, subject=container.name, severity=level)


def _in(container: Container | ComposeService, added: str = "") -> Severity | None:
    if isinstance(container, ComposeService):
        return Severity.HIGH if added == "ALL" else None
    return Severity.LOW if container.owner.is_node_agent else None


def _name(capability: str) -> str:
    return capability.upper().removeprefix("CAP_")
