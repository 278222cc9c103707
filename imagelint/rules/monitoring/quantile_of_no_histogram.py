"""The rule `quantile-of-no-histogram`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.monitoring.histograms import quantiles
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Query, Severity.HIGH)
def quantile_of_no_histogram(query: Query, ctx: Context) -> Findings:
    """`histogram_quantile` is asked about a metric that is no histogram.

    It looks for buckets, finds none, and has no result. Of a gauge that several servers show,
    `quantile` takes the quantile over the servers.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Waiting
                  expr: histogram_quantile(0.9, vllm:num_requests_waiting) > 5

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Waiting
                  expr: quantile(0.9, vllm:num_requests_waiting) > 5
    """
    for one in quantiles(query):
        if one.type:
            part = one.type.startswith("the")
            yield ctx.finding(
                query.at(one.series.name),
                f"`{one.series.metric}` is {one.type}, and has no buckets",
                help="ask for `…_bucket`" if part else "take the `quantile` over the servers",
                subject=query.name,
            )
