"""The rule `alert-on-one-sample`."""

from __future__ import annotations

from imagelint.documents.promql.trigger import SuddenAlert
from imagelint.documents.queries.monitoring.sudden import sudden_gauge
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(SuddenAlert, Severity.LOW, confidence=Confidence.LIKELY)
def alert_on_one_sample(alert: SuddenAlert, ctx: Context) -> Findings:
    """An alert on a queue or a cache is raised by one sample, and gone with the next.

    How many requests wait, and how full the KV cache is, changes with each request. Without `for`
    a burst of a second wakes somebody, if Prometheus happens to look just then. With `for: 5m` the
    alert waits until it has been so all the time.

    Except:
        Alerts on a rate, an average or another function of a time, and on anything else that lasts.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Queue
                  expr: max(vllm:num_requests_waiting) > 5

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Queue
                  expr: max(vllm:num_requests_waiting) > 5
                  for: 5m
    """
    gauge = sudden_gauge(alert.query)
    if gauge is None:
        return
    yield ctx.finding(
        alert.query.at(gauge.name),
        f"one sample of `{gauge.metric}` raises the alert: it has no `for`",
        help="write `for: 5m`, or ask for the average of some minutes",
        subject=alert.query.name,
    )
