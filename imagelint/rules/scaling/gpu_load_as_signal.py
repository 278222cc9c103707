"""The rule `gpu-load-as-signal`."""

from __future__ import annotations

from imagelint.documents.promql.query import MetricUse, Query
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.gpualerts import alerted_server, gpu_load_alert
from imagelint.documents.queries.monitoring.scalers import is_alone, is_gpu_load
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((MetricUse, Query), Severity.LOW, confidence=Confidence.LIKELY)
def gpu_load_as_signal(use: MetricUse | Query, ctx: Context) -> Findings:
    """A model server is scaled, or an alert raised, by how busy or how full its GPU is.

    The share of the time in which anything ran on the GPU is near 100 % with one request as with a
    hundred, and its memory is taken at the start and never given back. Waiting requests, or the use
    of the KV cache, tell whether another replica would help.

    Except:
        Autoscalers that look at something else as well, alerts on GPUs that do nothing, and alerts
        where no model server is in sight.

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
                query: avg(DCGM_FI_DEV_GPU_UTIL{pod=~"llm-.*"})
                threshold: "5"
                ignoreNullValues: "false"
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
                ignoreNullValues: "false"
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
    if isinstance(use, Query):
        yield from _of_alert(use, ctx)
        return
    if use.scaler is None or not is_gpu_load(use.name) or not is_alone(use):
        return
    servers = NameScope(ctx.document, ctx.project).scaled_servers(use.scaler)
    if not servers or len(use.scaler.signals) > 1:
        return
    yield ctx.finding(
        use,
        f"{title(servers[0])} is scaled by `{use.name}`, which tells nothing of who waits",
        help="scale on the number of waiting requests",
        subject=use.subject,
    )


def _of_alert(query: Query, ctx: Context) -> Findings:
    asked = gpu_load_alert(query)
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    server = alerted_server(query, scope) if asked is not None else None
    if asked is None or server is None:
        return
    yield ctx.finding(
        query.at(asked.name),
        f"the alert rests on `{asked.metric}` alone, which tells nothing of who waits for"
        f" {title(server)}",
        help="alert on the number of waiting requests, or on the time to the first token",
        subject=query.name,
        severity=Severity.INFO,
    )
