"""The rule `undeclared-probe-port`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Container,
    Severity.HIGH,
    references=(
        "kube-linter liveness-port",
        "kube-linter readiness-port",
        "kube-linter startup-port",
    ),
)
def undeclared_probe_port(container: Container, ctx: Context) -> Findings:
    """The probe asks a port by a name that the container does not declare.

    The kubelet looks the name up among the ports of the same container, those of its neighbours do
    not count. Where there is none the probe fails without having asked anybody: the container is
    killed, or never ready.

    Except: numbers, which need no declaration, and containers that an operator completes.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.4
              ports: [{containerPort: 8080}]
              livenessProbe:
                tcpSocket: {port: http}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.4
              ports: [{containerPort: 8080, name: http}]
              livenessProbe:
                tcpSocket: {port: http}
    """
    for title, port in container.undeclared_probe_ports:
        name = value_or(port.value, "")
        yield ctx.finding(
            port,
            f"the {title} asks the port `{name}`, which this container does not declare",
            help="give that name to one of its `ports`, or write the number of the port",
            subject=container.name,
        )
