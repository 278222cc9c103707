"""The rule `misspelt-metric`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.promql.query import MetricUse, Query
from imagelint.documents.queries.monitoring.metrics import written_with_underscore
from imagelint.documents.queries.monitoring.records import is_recorded
from imagelint.knowledge.serving.metrics import find_series, near_metric
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node


@rule((MetricUse, Query), Severity.MEDIUM, confidence=Confidence.LIKELY)
def misspelt_metric(use: MetricUse | Query, ctx: Context) -> Findings:
    """A metric is asked for under a name that is nearly one of its exporter.

    A name that nobody exports is no error: the query has no result. `vllm_num_requests_waiting` is
    such a name: engines write their own with a colon, and Prometheus keeps it.

    Except:
        Names that are like none that is known: they may be of a newer release. Settings of
        autoscalers, where an adapter may have given the name. Names under which a rule of the run
        records something. A relabeling, or a collector of OpenTelemetry from before October
        2022, may take the colon away: switch the rule off where one does.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Waiting
                  expr: vllm:num_request_waiting > 5

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Waiting
                  expr: vllm:num_requests_waiting > 5
    """
    if isinstance(use, Query):
        for place, name, meant in written_with_underscore(use):
            if not is_recorded(name, ctx.document, ctx.project):
                yield from _misspelt(place, name, meant, use.name, ctx)
        return
    if (use.query is None and not use.exact) or find_series(use.name) is not None:
        return
    meant = near_metric(use.name)
    if meant:
        yield from _misspelt(use, use.name, meant, use.subject, ctx)


def _misspelt(place: Node, name: str, meant: str, subject: str, ctx: Context) -> Findings:
    fix = None
    if ctx.text(place.span) == name:
        fix = Fix(f"write `{meant}`", (ctx.edit(place.span, meant),))
    yield ctx.finding(
        place,
        f"there is no `{name}`, but `{meant}`",
        help=f"write `{meant}`",
        subject=subject,
        fix=fix,
    )
