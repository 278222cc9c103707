"""The rule `quantile-without-le`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.monitoring.histograms import quantiles
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Query, Severity.HIGH)
def quantile_without_le(query: Query, ctx: Context) -> Findings:
    """A quantile is taken of buckets that were put together before.

    Each bucket of a histogram is a series of its own, told apart by its label `le`. An aggregation
    that does not keep it leaves one number, of which no quantile can be taken: there is no result,
    and no error.

    Except:
        Native histograms, whose series have no `_bucket`, and labels that are variables.

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
                    histogram_quantile(0.9, sum(rate(tgi_request_duration_bucket[5m]))) > 9

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
        dropped = one.bound_dropped if one.is_classic else None
        if dropped is None:
            continue
        place = dropped.name if dropped.grouping is None else dropped.grouping.place
        keeps = dropped.grouping is None or dropped.grouping.keeps
        yield ctx.finding(
            query.at(place),
            f"`{dropped.operator}` drops the label `le`, by which the quantile knows the buckets",
            help="keep it: `by (le)`" if keeps else "do not list `le`",
            subject=query.name,
        )
