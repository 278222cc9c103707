"""The rule `rate-of-gauge`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.monitoring.expressions import rated_gauges
from imagelint.rules.api import Context, Findings, Severity, rule

_INSTEAD = {"rate": "deriv", "irate": "idelta", "increase": "delta"}


@rule(Query, Severity.MEDIUM, references=("pint promql/rate", "pint promql/counter"))
def rate_of_gauge(query: Query, ctx: Context) -> Findings:
    """The rate of something is taken that goes up and down.

    `rate`, `irate` and `increase` take every fall for a restart of the server, and count from zero
    again: of a queue that swings between 0 and 10 they make a steady growth.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: QueueGrows
                  expr: rate(vllm:num_requests_waiting[5m]) > 0.1

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: QueueGrows
                  expr: deriv(vllm:num_requests_waiting[5m]) > 0.1
    """
    for call, metric in rated_gauges(query):
        function = call.function.lower()
        yield ctx.finding(
            query.at(call.name),
            f"`{metric}` is a gauge, and `{function}` is for counters",
            help=f"write `{_INSTEAD[function]}`",
            subject=query.name,
        )
