"""The rule `host-port`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Container,
    Severity.MEDIUM,
    references=(
        "PSS baseline",
        "Trivy KSV-0024",
        "Checkov CKV_K8S_26",
        "Polaris hostPortSet",
        "Kyverno disallow-host-ports",
    ),
)
def host_port(container: Container, ctx: Context) -> Findings:
    """The container takes a port of its node.

    Everybody who reaches the node reaches the server, past Services and network policies; and only
    one such pod fits on a node, which a roll-out needs two of.

    Except:
        Pods that share the network of their node, which `host-namespaces` speaks about.
        Pods of a DaemonSet, which do a node's work, get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              ports: [{containerPort: 8000, hostPort: 8000}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              ports: [{containerPort: 8000}]
    """
    if container.runtime.host.network.on:
        return
    for port in container.host_ports:
        if isinstance(port.value, Known) and port.value.value:
            yield ctx.finding(
                port,
                f"the container `{container.name}` takes port {port.value.value} of its node",
                help="drop `hostPort`, and let a Service lead to the container",
                subject=container.name,
                severity=Severity.LOW if container.owner.is_node_agent else None,
            )
