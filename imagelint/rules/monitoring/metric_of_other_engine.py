"""The rule `metric-of-other-engine`."""

from __future__ import annotations

from imagelint.documents.promql.query import MetricUse
from imagelint.documents.promql.recorded import ALERT
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.scalers import alike_at, is_foreign, waiting_at
from imagelint.documents.queries.monitoring.servers import foreign_server
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(MetricUse, Severity.HIGH, confidence=Confidence.LIKELY)
def metric_of_other_engine(use: MetricUse, ctx: Context) -> Findings:
    """An autoscaler, or an alert, looks at a metric that the server does not have.

    Each engine has names of its own: of another one there is no result. The queue seems to be
    empty, the number of replicas stays what it is, and the alert is never raised.

    Except:
        Servers whose engine is not seen, or that show the metrics of another one. Alerts that
        choose series by a job or a namespace, that stand beside alerts on the server's own metrics,
        or for whose engine a server, or a router, is in sight anywhere.

    Bad (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(sglang:num_queue_reqs)
                threshold: "5"
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.30.0
                  args: [--model, Qwen/Qwen3-8B]
                  resources: {limits: {nvidia.com/gpu: 1}}

    Good (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(vllm:num_requests_waiting)
                threshold: "5"
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.30.0
                  args: [--model, Qwen/Qwen3-8B]
                  resources: {limits: {nvidia.com/gpu: 1}}
    """
    if use.scaler is None:
        yield from _of_alert(use, ctx)
        return
    servers = NameScope(ctx.document, ctx.project).scaled_servers(use.scaler)
    if not servers or not all(is_foreign(use, one) for one in servers):
        return
    waiting = waiting_at(servers[0])
    yield ctx.finding(
        use,
        f"`{use.name}` is no metric of {title(servers[0])}, which is scaled by it",
        help=f"ask for one that it has, such as `{waiting}`" if waiting else "ask for its own",
        subject=use.subject,
    )


def _of_alert(use: MetricUse, ctx: Context) -> Findings:
    if use.use != ALERT or use.fallback:
        return
    server = foreign_server(use, Scope(ctx.document, ctx.project, ctx.environment.closed))
    if server is None:
        return
    alike = alike_at(server, use.name) or waiting_at(server)
    yield ctx.finding(
        use,
        f"`{use.name}` is no metric of {title(server)}, which runs here: nothing raises the alert",
        help=f"ask for one that it has, such as `{alike}`",
        subject=use.subject,
        severity=Severity.MEDIUM,
    )
