"""The rule `invalid-query`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.promql.tree import Place
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_WITHOUT_WINDOW = "expected type matrix"


@rule(Query, Severity.HIGH, references=("pint promql/syntax",))
def invalid_query(query: Query, ctx: Context) -> Findings:
    """A query cannot be read, so that nothing comes of it.

    Prometheus refuses the whole file of rules, an autoscaler stands still with an error among its
    conditions, a panel stays empty.

    Except:
        Queries that a variable of a dashboard keeps from being read, and those that may be right
        in MetricsQL or LogQL, or for a newer release of Prometheus.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: RequestsFail
                  expr: rate(vllm:num_preemptions_total) > 1

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: RequestsFail
                  expr: rate(vllm:num_preemptions_total[5m]) > 1
    """
    reading = query.reading
    if not query.complaint:
        return
    short = reading.message.startswith(_WITHOUT_WINDOW)
    yield ctx.finding(
        query.at(Place(reading.start, reading.end)),
        f"this is no PromQL: {reading.message}",
        help="write how far to look back, such as `[5m]`" if short else "",
        subject=query.name,
        confidence=None if query.certain else Confidence.LIKELY,
    )
