"""The rule `unknown-metric`."""

from __future__ import annotations

from imagelint.documents.promql.query import MetricUse
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.metrics import unknown_to_servers
from imagelint.documents.queries.monitoring.records import is_recorded
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(MetricUse, Severity.MEDIUM, confidence=Confidence.LIKELY)
def unknown_metric(use: MetricUse, ctx: Context) -> Findings:
    """A query asks for a metric that the release of the server in sight does not have.

    It is not an error: the query has no result, so that the alert never fires, the panel is empty,
    and the autoscaler sees nothing. Some names are of a newer release than the one that runs,
    others were never any server's.

    Except:
        Servers whose release is not told by their image, names that rules of the run record, names
        that plug-ins make, and misspelt ones, which `misspelt-metric` tells of.

    Bad (server.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - record: llm:failing
                  expr: rate(vllm:request_failure_total[5m])
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.13.0
              args: [--model, Qwen/Qwen3-8B]

    Good (server.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - record: llm:failing
                  expr: rate(vllm:request_success_total{finished_reason="error"}[5m])
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.13.0
              args: [--model, Qwen/Qwen3-8B]
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    found = unknown_to_servers(use, scope)
    if found is None or is_recorded(use.name, ctx.document, ctx.project):
        return
    since = f", which came with {found.since}" if found.since else ""
    yield ctx.finding(
        use,
        f"{found.title} {found.versions} has no `{use.name}`{since}",
        help=f"run {found.since} or later, or ask for a metric that is there"
        if found.since
        else "ask for a metric that is there",
        subject=use.subject,
    )
