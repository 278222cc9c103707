"""The rule `not-scraped`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.scraping import is_scraped, monitored_nearby
from imagelint.documents.queries.monitoring.servers import monitored_server
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.MEDIUM, confidence=Confidence.LIKELY)
def not_scraped(pod: Pod, ctx: Context) -> Findings:
    """Other things are watched here, and nobody asks the model server for its metrics.

    How long its queue is, and how full its KV cache, is then seen by nobody: neither alerts nor
    autoscalers have anything to look at.

    Except:
        Pods in whose folder, and right below, no monitor stands; trees with a monitor that
        selects everything; pods, or their Services, whose annotations have them scraped; pods
        whose labels are not all seen.

    Bad (server.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: web}
        spec: {selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: http}]}
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

    Good (server.yaml):
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
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              ports: [{name: http, containerPort: 8000}]
    """
    if not pod.settled or not pod.labels or not pod.restarts or pod.partial:
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    server = monitored_server(pod, scope) if monitored_nearby(scope) else None
    if server is None or is_scraped(pod, scope):
        return
    yield ctx.finding(
        pod,
        f"no monitor selects {title(server)}, though others are watched here",
        help="let a monitor select the labels of the pod, or of its Service",
        subject=pod.owner.name,
    )
