"""The rule `rate-window-too-short`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.windows import short_windows
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# As many requests as a window should hold, one of which may be lost.
_ENOUGH = 4
_MINUTE = 60


@rule(Query, Severity.MEDIUM, confidence=Confidence.LIKELY, references=("pint promql/rate",))
def rate_window_too_short(query: Query, ctx: Context) -> Findings:
    """A rate is taken of a time in which the server is asked once.

    A rate needs two samples. Of a window shorter than two scrapes there is often no result, and
    of one that is no longer than a single scrape there never is: a panel has gaps, and an alert
    is not raised.

    Except:
        Windows that a dashboard fills in (`$__rate_interval`), and servers of which nobody here
        says how often they are asked.

    Bad (monitoring.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          podMetricsEndpoints: [{port: http, interval: 30s}]
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
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Preempting
                  expr: rate(vllm:num_preemptions_total[30s]) > 1
                  for: 5m

    Good (monitoring.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          podMetricsEndpoints: [{port: http, interval: 30s}]
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
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Preempting
                  expr: rate(vllm:num_preemptions_total[2m]) > 1
                  for: 5m
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for one in short_windows(query, scope):
        yield ctx.finding(
            query.at(one.selector.name),
            f"the rate is taken of {_said(one.window)}, and {one.asker} asks every"
            f" {_said(one.interval)}",
            help=f"take it of four requests: `[{_said(_ENOUGH * one.interval)}]`",
            subject=query.name,
        )


def _said(seconds: float) -> str:
    """A duration as PromQL writes it."""
    minutes = seconds / _MINUTE
    return f"{minutes:.0f}m" if minutes.is_integer() else f"{seconds:g}s"
