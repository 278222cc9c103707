"""The rule `quantile-without-rate`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.monitoring.histograms import quantiles
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Query, Severity.MEDIUM, confidence=Confidence.LIKELY, references=("pint promql/counter",))
def quantile_without_rate(query: Query, ctx: Context) -> Findings:
    """A quantile is taken of all that was measured since the server started.

    The buckets of a histogram only ever grow. Without `rate` a slow hour disappears in the weeks
    before it, and a slow start is seen for weeks.

    Except:
        Series that a recording rule has made, whose names tell nothing.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Slow
                  expr: >-
                    histogram_quantile(0.9, sum by (le) (tgi_request_duration_bucket)) > 9

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Slow
                  expr: >-
                    histogram_quantile(0.9, sum by (le) (rate(tgi_request_duration_bucket[5m]))) > 9
    """
    for one in quantiles(query):
        if one.is_classic and not one.is_of_rates and not one.type:
            yield ctx.finding(
                query.at(one.series.name),
                f"`{one.series.metric}` has counted since the server started",
                help=f"take the rate: `rate({one.series.metric}[5m])`",
                subject=query.name,
            )
