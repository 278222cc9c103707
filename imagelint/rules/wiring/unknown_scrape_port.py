"""The rule `unknown-scrape-port`."""

from __future__ import annotations

from imagelint.core.nearest import nearest
from imagelint.documents.kubernetes.wiring.nodes import Monitor
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.links.scrapes import UnknownPort, unknown_ports
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Monitor, Severity.HIGH)
def unknown_scrape_port(monitor: Monitor, ctx: Context) -> Findings:
    """A monitor asks for a port that nothing which it selects has.

    A ServiceMonitor wants the *name* of a port of the Service, a PodMonitor that of a port of a
    container: with a number, or another name, Prometheus drops every target without a word, and
    alerts and autoscalers see no metrics.

    Except:
        Services and pods that are not in sight, or that an operator makes.

    Bad (metrics.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          endpoints: [{port: "8000", path: /metrics}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: llm, labels: {app: llm}}
        spec: {selector: {app: llm}, ports: [{name: http, port: 80, targetPort: 8000}]}

    Good (metrics.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          endpoints: [{port: http, path: /metrics}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: llm, labels: {app: llm}}
        spec: {selector: {app: llm}, ports: [{name: http, port: 80, targetPort: 8000}]}
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for one in unknown_ports(monitor, scope):
        whose = "Service" if monitor.selects == "Service" else "container"
        yield ctx.finding(
            one.place,
            f"no {whose} that is selected has a port called `{one.port}`",
            help=_help(one, whose),
            subject=monitor.object.name,
            confidence=None if one.certain else Confidence.LIKELY,
        )


def _help(one: UnknownPort, whose: str) -> str:
    only = one.names[0] if len(one.names) == 1 else ""
    meant = one.meant or nearest(one.port, one.names) or only
    return f"write `port: {meant}`" if meant else f"name the port of the {whose}, and write that"
