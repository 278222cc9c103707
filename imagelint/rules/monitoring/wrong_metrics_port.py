"""The rule `wrong-metrics-port`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.monitoring.annotated import scraped_port
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.wiring.nodes import Monitor, Service
from imagelint.documents.promql.scrapes import ScrapeTarget
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.jobs import asked_port
from imagelint.documents.queries.monitoring.metricports import (
    annotated_port,
    mistaken_ports,
    scraped_pods,
)
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.queries.monitoring.metricports import MistakenPort


@rule((Monitor, Pod, Service, ScrapeTarget), Severity.HIGH, confidence=Confidence.LIKELY)
def wrong_metrics_port(subject: Monitor | Pod | Service | ScrapeTarget, ctx: Context) -> Findings:
    """A model server is asked for its metrics on a port where it shows none.

    Nobody listens there, or the API does, which answers 404: the target is down, and alerts and
    autoscalers see nothing of the server. Triton shows its metrics on port 8002, beside its API;
    most others do on the port of their API, which is the one that they are told. From within a
    network of Compose that is the port of the container, not the one published on the host.

    Except:
        Endpoints whose relabelings may change the port; pods in which another container may
        answer; servers whose port is not known.

    Bad (metrics.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: llm}
        spec: {selector: {matchLabels: {app: llm}}, podMetricsEndpoints: [{port: http}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: nvcr.io/nvidia/tritonserver:26.05-py3
              args: [tritonserver, --model-repository=/models]
              ports: [{name: http, containerPort: 8000}, {name: metrics, containerPort: 8002}]

    Good (metrics.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: llm}
        spec: {selector: {matchLabels: {app: llm}}, podMetricsEndpoints: [{port: metrics}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: nvcr.io/nvidia/tritonserver:26.05-py3
              args: [tritonserver, --model-repository=/models]
              ports: [{name: http, containerPort: 8000}, {name: metrics, containerPort: 8002}]

    Bad (prometheus.yml):
        scrape_configs:
          - job_name: llm
            static_configs: [{targets: ["llm:8080"]}]
        === compose.yaml
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            ports: ["127.0.0.1:8080:8000"]

    Good (prometheus.yml):
        scrape_configs:
          - job_name: llm
            static_configs: [{targets: ["llm:8000"]}]
        === compose.yaml
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            ports: ["127.0.0.1:8080:8000"]
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    if isinstance(subject, ScrapeTarget):
        asked = asked_port(subject, ctx.project, scope)
        found: tuple[MistakenPort, ...] = () if asked is None else (asked,)
        name = subject.job
    else:
        found = tuple(_mistaken(subject, scope))
        name = (subject.owner if isinstance(subject, Pod) else subject.object).name
    for one in found:
        yield ctx.finding(
            one.place,
            f"{title(one.server)} shows its metrics on port {one.shown}, and not on {one.port}",
            help=_help(subject, one),
            subject=name,
            fix=None
            if _is_named(subject)
            else ctx.reworded(one.place, f"{one.port}", f"{one.shown}"),
        )


def _mistaken(subject: Monitor | Pod | Service, scope: Scope) -> Iterator[MistakenPort]:
    if isinstance(subject, Monitor):
        yield from mistaken_ports(subject, scope)
        return
    asked = scraped_port(subject)
    if asked is None:
        return
    found = annotated_port(asked, scraped_pods(subject, scope))
    if found is not None:
        yield found


def _is_named(subject: Monitor | Pod | Service | ScrapeTarget) -> bool:
    """Whether the port is that of a Service, which has a name or a number of its own."""
    return isinstance(subject, Monitor) or (
        isinstance(subject, ScrapeTarget) and subject.is_of_a_cluster
    )


def _help(subject: Monitor | Pod | Service | ScrapeTarget, one: MistakenPort) -> str:
    if isinstance(subject, ScrapeTarget):
        if subject.is_of_a_cluster:
            return f"ask a port of the Service that leads to {one.shown}"
        return f"write `{subject.host}:{one.shown}`"
    if not isinstance(subject, Monitor):
        return f'write `prometheus.io/port: "{one.shown}"`'
    return f"write `port: {one.name}`" if one.name else f"have port {one.shown} asked"
