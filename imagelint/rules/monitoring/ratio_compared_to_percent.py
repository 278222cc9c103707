"""The rule `ratio-compared-to-percent`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.promql.query import Query
from imagelint.documents.promql.trigger import MetricThreshold, PrometheusTrigger, ResultBound
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.expressions import mistaken_shares
from imagelint.documents.queries.monitoring.records import records_of, served_of, shown_of
from imagelint.documents.queries.monitoring.thresholds import mistaken_bound, mistaken_thresholds
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.finding import Finding
    from imagelint.documents.queries.monitoring.expressions import MistakenShare
    from imagelint.documents.queries.monitoring.thresholds import MistakenThreshold


@rule((Query, PrometheusTrigger, MetricThreshold, ResultBound), Severity.HIGH)
def ratio_compared_to_percent(
    asked: Query | PrometheusTrigger | MetricThreshold | ResultBound, ctx: Context
) -> Findings:
    """A share of 1 is compared with a percentage, or the other way round.

    The names mislead: `vllm:kv_cache_usage_perc` goes from 0 to 1. Above 95 it never is, so that
    the alert never fires and the autoscaler never adds a replica; a percentage is above 0.95
    whenever there is any load.

    Except:
        Shares that are added up over several servers, or computed with anything but 100.

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
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    recorded = shown_of(records_of(ctx.document, ctx.project), scope)
    if isinstance(asked, ResultBound):
        bound = mistaken_bound(asked, scope, recorded)
        if bound is not None:
            yield _beside_a_query(bound, asked.subject, ctx)
        return
    if not isinstance(asked, Query):
        served = served_of(ctx.document, ctx.project)
        for threshold in mistaken_thresholds(asked, recorded, served):
            yield _beside_a_query(threshold, asked.scaler.name, ctx)
        return
    for one in mistaken_shares(asked, recorded):
        place = asked.at(one.place)
        yield ctx.finding(
            place,
            _said(one),
            help=f"write `{one.meant:g}`",
            subject=asked.name,
            fix=Fix(f"write {one.meant:g}", (ctx.edit(place.span, f"{one.meant:g}"),)),
        )


def _beside_a_query(one: MistakenThreshold, subject: str, ctx: Context) -> Finding:
    return ctx.finding(
        one.place,
        _said(one),
        help=f"write `{one.meant:g}`",
        subject=subject,
        confidence=Confidence.LIKELY,
    )


def _said(one: MistakenShare | MistakenThreshold) -> str:
    scale = "from 0 to 1" if one.unit == "ratio" else "from 0 to 100"
    return f"`{one.share}` goes {scale}: compared with {one.value:g}, it is {one.outcome}"
