"""The rule `capabilities-kept`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.kubernetes.pods.securityentry import security_entry
from imagelint.documents.queries.privileges import SAY_WINDOWS, capability_name, known_items
from imagelint.knowledge.kubernetes.pod_security import (
    baseline_capabilities,
    restricted_capabilities,
)
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    Container,
    Severity.MEDIUM,
    references=(
        "PSS restricted",
        "Trivy KSV-0003",
        "Trivy KSV-0004",
        "Trivy KSV-0106",
        "Checkov CKV_K8S_28",
        "Checkov CKV_K8S_37",
        "kube-linter drop-net-raw-capability",
        "Polaris insecureCapabilities",
        "Kyverno disallow-capabilities-strict",
        "Kyverno require-drop-all",
        "Kyverno require-drop-cap-net-raw",
    ),
    former=("capabilities-not-dropped",),
)
def capabilities_kept(container: Container, ctx: Context) -> Findings:
    """The container keeps Linux capabilities that it does not need.

    The default set of a container runtime lets a process forge packets, change owners and open raw
    sockets. No model server needs any of it. What is added back behind `drop: [ALL]` is kept as
    well, which is less than the default set and told with a low severity; only `NET_BIND_SERVICE`
    is of no use to an attacker.

    Except:
        Privileged containers, which `privileged-container` speaks about, and patches, which hold
        only a part of a container. What no container has by default is said by `added-capability`.
        Pods of a DaemonSet, which do a node's work, get a low severity. Windows has none of them,
        which the pod has to say in `os`: where only its node selector does, the severity is low.

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
    if container.says_windows or container.privileges.privileged.on:
        return
    low = Severity.LOW if container.owner.is_node_agent or container.windows else None
    help_ = SAY_WINDOWS if container.windows else _DROP
    if _keeps_some(container):
        yield ctx.finding(
            container.privileges.dropped,
            f"the container `{container.name}` does not drop all capabilities",
            help=help_,
            subject=container.name,
            severity=low,
            cause=container.security_context,
            fix=None if low else _fix(container, ctx),
        )
    yield from _misspelt(container, ctx)
    for item in known_items(container.privileges.added):
        name = capability_name(item.value.value) if isinstance(item.value, Known) else ""
        if name in baseline_capabilities() - restricted_capabilities():
            message = f"the container `{container.name}` adds the capability {name} back"
            help_ = "add back only what is proved to be used"
            yield ctx.finding(
                item, message, help=help_, subject=container.name, severity=Severity.LOW
            )


_DROP = "set `securityContext.capabilities.drop: [ALL]`"


def _fix(container: Container, ctx: Context) -> Fix | None:
    entry = security_entry(ctx.document, container, "capabilities.drop", "[ALL]")
    return Fix("drop all capabilities", (ctx.edit(*entry),)) if entry else None


def _keeps_some(container: Container) -> bool:
    dropped = container.privileges.dropped
    items = [item.value for item in known_items(dropped)]
    unwritten = container.partial and dropped.value is ABSENT
    if UNKNOWN in items or dropped.value is UNKNOWN or unwritten:
        return False
    return "ALL" not in [fact.value.upper() for fact in items if isinstance(fact, Known)]


def _misspelt(container: Container, ctx: Context) -> Findings:
    """`all`, which runtimes take for `ALL` and admission does not."""
    names = {
        fact.value: item
        for item in known_items(container.privileges.dropped)
        if isinstance(fact := item.value, Known)
    }
    wrong = next((one for one in names if one.upper() == "ALL"), "")
    if wrong and "ALL" not in names:
        item = names[wrong]
        yield ctx.finding(
            item,
            f"the Pod Security Standards want `ALL`, and `{wrong}` is not that",
            help="write `ALL`",
            fix=Fix("write `ALL`", (ctx.edit(item.span, "ALL"),), safe=True),
            subject=container.name,
            severity=Severity.LOW,
        )
