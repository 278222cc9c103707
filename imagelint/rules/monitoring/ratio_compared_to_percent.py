"""The rule `ratio-compared-to-percent`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.monitoring.expressions import mistaken_shares
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(Query, Severity.HIGH)
def ratio_compared_to_percent(query: Query, ctx: Context) -> Findings:
    """A share of 1 is compared with a percentage, or the other way round.

    The names mislead: `vllm:kv_cache_usage_perc` goes from 0 to 1. Above 95 it never is, so that
    the alert never fires and the autoscaler never adds a replica; a percentage is above 0.95
    whenever there is any load.

    Except:
        Shares that are multiplied, or added up over several servers.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: CacheFull
                  expr: vllm:kv_cache_usage_perc > 95

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: CacheFull
                  expr: vllm:kv_cache_usage_perc > 0.95
    """
    for one in mistaken_shares(query):
        scale = "from 0 to 1" if one.unit == "ratio" else "from 0 to 100"
        place = query.at(one.place)
        yield ctx.finding(
            place,
            f"`{one.metric}` goes {scale}: compared with {one.value:g}, it is {one.outcome}",
            help=f"write `{one.meant:g}`",
            subject=query.name,
            fix=Fix(f"write {one.meant:g}", (ctx.edit(place.span, f"{one.meant:g}"),)),
        )
