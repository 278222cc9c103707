"""The rule `invalid-port`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidPort
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(InvalidPort, Severity.HIGH, references=("kube-linter invalid-target-ports",))
def invalid_port(complaint: InvalidPort, ctx: Context) -> Findings:
    """A port of a Kubernetes object, or of a line that runs a container, is none: it is refused.

    Ports are 1 to 65535. A number in quotes is the name of a port, and names have a letter.

    Except: what a template fills in.

    Bad (service.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec:
          selector: {app: llm}
          ports: [{port: 80, targetPort: "8000"}]

    Good (service.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec:
          selector: {app: llm}
          ports: [{port: 80, targetPort: 8000}]
    """
    yield ctx.complaint(complaint)
