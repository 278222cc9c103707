"""The rule `alerts-incomplete`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.promql.recorded import ALERT, engines_of
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.alerts import leads, unwatched
from imagelint.documents.queries.monitoring.records import records_of
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_CALLED = {
    "ttft": "the time to the first token",
    "itl": "the time between tokens",
    "kv_use": "the KV cache",
    "waiting": "the requests that wait",
}


@rule(Query, Severity.INFO, confidence=Confidence.LIKELY)
def alerts_incomplete(query: Query, ctx: Context) -> Findings:
    """The alerts on a model server leave out what tells that its users wait.

    Four signals tell apart what goes wrong: the time to the first token (begin at 0.5 s for a chat,
    5 s where documents are looked up first), the time between tokens (0.05 s), the share of the KV
    cache that is in use (0.85 to look, 0.95 to wake somebody: beyond, requests are preempted), and
    how many wait for each replica (5). It is said once, at the first alert on the engine.

    Except:
        Alerts on servers that are not in sight, on engines that do not measure the signal, signals
        that are measured before the server, by a gateway, and alerts beside others of which it is
        not known what they rest on.

    Bad (llm.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: SlowTokens
                  expr: |
                    histogram_quantile(0.99, sum by (le) (
                      rate(vllm:inter_token_latency_seconds_bucket[5m]))) > 0.05
                - {alert: Queue, expr: "max(vllm:num_requests_waiting) > 5"}
                - {alert: CacheFull, expr: "max(vllm:kv_cache_usage_perc) > 0.95"}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (llm.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: SlowTokens
                  expr: |
                    histogram_quantile(0.99, sum by (le) (
                      rate(vllm:inter_token_latency_seconds_bucket[5m]))) > 0.05
                - {alert: Queue, expr: "max(vllm:num_requests_waiting) > 5"}
                - {alert: CacheFull, expr: "max(vllm:kv_cache_usage_perc) > 0.95"}
                - alert: SlowStart
                  expr: |
                    histogram_quantile(0.99, sum by (le) (
                      rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 0.5
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
    """
    if query.use != ALERT:
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for engine in engines_of(query):
        if not leads(query, engine, scope):
            continue
        lacking = unwatched(query, engine, scope, records_of(ctx.document, ctx.project))
        if not lacking:
            continue
        names = ", ".join(f"`{one.series[0]}`" for one in lacking)
        yield ctx.finding(
            query,
            f"no alert on {lacking[0].exporter.title} tells of"
            f" {', '.join(_CALLED[one.meaning] for one in lacking)}",
            help=f"have {names} watched as well",
            subject=query.name,
        )
