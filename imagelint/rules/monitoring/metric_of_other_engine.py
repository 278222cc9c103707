"""The rule `metric-of-other-engine`."""

from __future__ import annotations

from imagelint.documents.promql.query import MetricUse
from imagelint.documents.queries.monitoring.scalers import is_foreign, waiting_at
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(MetricUse, Severity.HIGH, confidence=Confidence.LIKELY)
def metric_of_other_engine(use: MetricUse, ctx: Context) -> Findings:
    """An autoscaler looks at a metric that the server which it scales does not have.

    Each engine has names of its own: of another one there is no result, the queue seems to be
    empty, and the number of replicas stays what it is.

    Except:
        Servers whose engine is not seen, or that show the metrics of another one.

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
