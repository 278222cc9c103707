"""The rule `quantile-above-one`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.monitoring.histograms import quantiles
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(Query, Severity.HIGH, references=("pint promql/syntax",))
def quantile_above_one(query: Query, ctx: Context) -> Findings:
    """A quantile is asked for by a percentage.

    A quantile is a share of 1: the 95th percentile is 0.95. Above 1 the result is infinite, so that
    an alert always fires; below 0 it is minus infinity.

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
                    histogram_quantile(95, rate(tgi_request_duration_bucket[5m])) > 9

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
                    histogram_quantile(0.95, rate(tgi_request_duration_bucket[5m])) > 9
    """
    for one in quantiles(query):
        if one.percent is None:
            continue
        meant = one.percent / 100
        place = query.at(one.share.place)
        right = 0 < meant <= 1
        yield ctx.finding(
            place,
            f"{one.percent:g} is no share of 1: the quantile is infinite",
            help=f"write `{meant:g}`" if right else "write a number from 0 to 1",
            subject=query.name,
            fix=Fix(f"write {meant:g}", (ctx.edit(place.span, f"{meant:g}"),)) if right else None,
        )
