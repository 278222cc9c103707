"""The rule `wrong-metrics-path`."""

from __future__ import annotations

from imagelint.documents.kubernetes.monitoring.annotated import scraped_path, scraped_port
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.wiring.nodes import Monitor, Service
from imagelint.documents.promql.scrapes import ScrapeTarget
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.endpoints import (
    MistakenPath,
    annotated_path,
    mistaken_paths,
)
from imagelint.documents.queries.monitoring.jobs import asked_path
from imagelint.documents.queries.monitoring.metricports import scraped_pods
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((Monitor, Pod, Service, ScrapeTarget), Severity.HIGH, confidence=Confidence.LIKELY)
def wrong_metrics_path(asking: Monitor | Pod | Service | ScrapeTarget, ctx: Context) -> Findings:
    """A model server is asked for its metrics under a path where it shows none.

    The server answers 404, Prometheus takes the target for down, and alerts and autoscalers see
    no metrics. NVIDIA NIM shows them under `/v1/metrics`, while monitors and annotations ask
    for `/metrics` unless they say otherwise.

    Except:
        Endpoints whose relabelings may change the path; pods with further containers, which may
        be asked instead; servers that are not known, or that put something before every path.

    Bad (metrics.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          podMetricsEndpoints: [{port: http, path: /stats}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              ports: [{name: http, containerPort: 8000}]

    Good (metrics.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          podMetricsEndpoints: [{port: http, path: /metrics}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              ports: [{name: http, containerPort: 8000}]
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    if isinstance(asking, ScrapeTarget):
        asked = asked_path(asking, ctx.project, scope)
        found = [] if asked is None else [asked]
        key, name = asking.path_key, asking.job
    elif isinstance(asking, Monitor):
        found, key, name = [*mistaken_paths(asking, scope)], "path", asking.object.name
    else:
        found, key = _annotated(asking, scope), "prometheus.io/path"
        name = (asking.owner if isinstance(asking, Pod) else asking.object).name
    for one in found:
        told = f"`{one.path}`" if one.written else f"`{one.path}`, the default"
        yield ctx.finding(
            one.place,
            f"{title(one.server)} shows its metrics under `{one.served}`, and not {told}",
            help=f"write `{key}: {one.served}`",
            subject=name,
            fix=ctx.reworded(one.place, one.path, one.served) if one.written else None,
        )


def _annotated(asking: Pod | Service, scope: Scope) -> list[MistakenPath]:
    path = scraped_path(asking)
    if path is None:
        return []
    found = annotated_path(path, scraped_port(asking), scraped_pods(asking, scope))
    return [] if found is None else [found]
