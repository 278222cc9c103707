"""The rule `node-port-out-of-range`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.runtime.field import Place
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# The default of `--service-node-port-range`.
# https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
_FIRST, _LAST = 30_000, 32_767
_HIGHEST = 65_535


@rule(Service, Severity.HIGH, confidence=Confidence.LIKELY)
def node_port_out_of_range(service: Service, ctx: Context) -> Findings:
    """A Service takes a port of the nodes that the API server does not hand out.

    It hands out 30000 to 32767, unless it was started with another `--service-node-port-range`, and
    refuses the Service otherwise: `provided port is not in the valid range`.

    Except: 0, which lets it choose, and numbers that are no port, of which `invalid-port` tells.

    Bad (service.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec:
          type: NodePort
          selector: {app: llm}
          ports: [{port: 8000, nodePort: 8000}]

    Good (service.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec:
          type: NodePort
          selector: {app: llm}
          ports: [{port: 8000, nodePort: 30800}]
    """
    for port in service.ports:
        number = port.node_port
        if not isinstance(number, Known) or _FIRST <= number.value <= _LAST:
            continue
        if 0 < number.value <= _HIGHEST:
            yield ctx.finding(
                Place(number.span or port.span, f"{port.path}.nodePort"),
                f"{number.value} is not among the ports of nodes, {_FIRST} to {_LAST} by default",
                help=f"write a number from {_FIRST} to {_LAST}, or none at all",
                subject=service.object.name,
            )
