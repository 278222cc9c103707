"""The rule `privileged-container`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Container,
    Severity.HIGH,
    references=(
        "PSS baseline",
        "Trivy KSV-0017",
        "Checkov CKV_K8S_16",
        "kube-linter privileged-container",
        "kube-score container-security-context-privileged",
        "Polaris runAsPrivileged",
        "Kyverno disallow-privileged-containers",
    ),
)
def privileged_container(container: Container, ctx: Context) -> Findings:
    """The container is privileged: it can do on the node whatever root can.

    A privileged container sees all devices of the node and may load kernel modules: there is no
    border left to break out of. No model server needs it; GPUs are requested as resources.

    Except:
        Pods of a DaemonSet do the work of a node (drivers, device plugins) and are told apart:
        the finding about them is of low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {privileged: true}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {privileged: false}
    """
    if container.privileges.privileged.on:
        yield ctx.finding(
            container.privileges.privileged,
            f"the container `{container.name}` is privileged",
            help="drop it; request GPUs under resources.limits, add single capabilities if needed",
            subject=container.name,
            severity=Severity.LOW if container.owner.is_node_agent else None,
        )
