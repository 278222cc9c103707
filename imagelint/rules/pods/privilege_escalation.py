"""The rule `privilege-escalation`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.kubernetes.pods.securityentry import security_entry
from imagelint.documents.queries.privileges import SAY_WINDOWS
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    Container,
    Severity.MEDIUM,
    references=(
        "PSS restricted",
        "Trivy KSV-0001",
        "Checkov CKV_K8S_20",
        "kube-linter privilege-escalation-container",
        "Polaris privilegeEscalationAllowed",
        "Kyverno disallow-privilege-escalation",
    ),
)
def privilege_escalation(container: Container, ctx: Context) -> Findings:
    """A process in the container may gain more privileges than its parent.

    Without `allowPrivilegeEscalation: false` a setuid program inside the image is enough to become
    root in the container, whatever user it was started as.

    Except:
        Privileged containers, which `privileged-container` speaks about, and patches, which hold
        only a part of a container. Windows knows nothing of it, which the pod has to say in `os`;
        where only its node selector does, and for pods of a DaemonSet, which do a node's work, the
        severity is low.

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
              securityContext: {allowPrivilegeEscalation: false}
    """
    if container.privileges.privileged.on or container.says_windows:
        return
    place = container.privileges.escalation
    allowed = place.value
    if allowed is ABSENT and container.partial:
        return
    if allowed is ABSENT or (isinstance(allowed, Known) and allowed.value):
        how = "may" if allowed is ABSENT else "is told that it may"
        low = container.owner.is_node_agent or container.windows
        yield ctx.finding(
            place,
            f"the container `{container.name}` {how} gain privileges",
            help=SAY_WINDOWS if container.windows else _HELP,
            subject=container.name,
            severity=Severity.LOW if low else None,
            cause=container.security_context if allowed is ABSENT else "",
            fix=None if low or container.partial or ctx.document.rendered else _fix(container, ctx),
        )


def _fix(container: Container, ctx: Context) -> Fix | None:
    allowed = container.privileges.escalation
    if isinstance(allowed.value, Known) and allowed.value.value and allowed.path.endswith(_KEY):
        return Fix(f"write {_KEY}: false", (ctx.edit(allowed.span, "false"),))
    entry = security_entry(ctx.document, container, _KEY, "false")
    return Fix(f"write {_KEY}: false", (ctx.edit(*entry),)) if entry else None


_KEY = "allowPrivilegeEscalation"
_HELP = "set `securityContext.allowPrivilegeEscalation: false`"
