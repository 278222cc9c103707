"""The rule `counter-without-rate`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.monitoring.counters import levels_of_counters
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Query,
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    references=("pint promql/counter",),
)
def counter_without_rate(query: Query, ctx: Context) -> Findings:
    """What a counter has reached since the server started decides about an alert or replicas.

    It only ever grows: once above the limit an alert fires until the server is started again, and
    every further replica begins at zero. What happens now is the rate.

    Except:
        Panels, which may show totals, and comparisons with 0.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Preempted
                  expr: vllm:num_preemptions_total > 10

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Preempted
                  expr: increase(vllm:num_preemptions_total[5m]) > 10
    """
    for selector, metric in levels_of_counters(query):
        yield ctx.finding(
            query.at(selector.name),
            f"`{metric}` only grows, until the server is started again",
            help="compare `increase(…[5m])`" if query.use == "alert" else "take `rate(…[5m])`",
            subject=query.name,
        )
