"""The rule `milliseconds-for-seconds`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.documents.promql.query import Query
from imagelint.documents.promql.trigger import PrometheusTrigger, ResultBound
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.records import records_of, shown_of
from imagelint.documents.queries.monitoring.thresholds import judging_query
from imagelint.documents.queries.monitoring.times import MINUTES, mistaken_seconds, mistaken_times
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.finding import Finding
    from imagelint.documents.base import Node


@rule((Query, PrometheusTrigger, ResultBound), Severity.MEDIUM, confidence=Confidence.LIKELY)
def milliseconds_for_seconds(
    asked: Query | PrometheusTrigger | ResultBound, ctx: Context
) -> Findings:
    """A latency in seconds is compared with a number that can only be milliseconds.

    Model servers measure latencies in seconds. Half a second to the first token is 0.5: compared
    with 500, the alert waits for eight minutes and never fires, the autoscaler never adds a
    replica, and every canary is fast enough.

    Except:
        Numbers that somebody may wait for: less than 100 s to the first token, 10 s between tokens
        and 4000 s for a whole answer or in the queue, and 5, 10 … 60 whole minutes where no canary
        is judged. Latencies that are computed with.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: SlowStart
                  expr: |
                    histogram_quantile(0.99, sum by (le) (
                      rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 500

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: SlowStart
                  expr: |
                    histogram_quantile(0.99, sum by (le) (
                      rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 0.5
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    recorded = shown_of(records_of(ctx.document, ctx.project), scope)
    if isinstance(asked, Query):
        for one in mistaken_times(asked, recorded):
            yield _told(ctx, asked.at(one.place), one.metric, one.value, asked.name)
        return
    if isinstance(asked, ResultBound):
        query = judging_query(asked, scope)
        place, subject = asked.bound, asked.subject
        minutes = frozenset[float]() if query is not None and query.use == "analysis" else MINUTES
    else:
        query, place, subject = asked.query, asked.threshold, asked.scaler.name
        minutes = MINUTES
    value = value_or(place.value, 0.0)
    tree = None if query is None else query.tree
    metric = mistaken_seconds(tree, value, recorded, minutes)
    if metric:
        yield _told(ctx, place, metric, value, subject)


def _told(ctx: Context, place: Node, metric: str, value: float, subject: str) -> Finding:
    return ctx.finding(
        place,
        f"`{metric}` is in seconds, and {value:g} of them are meant as milliseconds",
        help=f"write `{value / 1000:g}`",
        subject=subject,
    )
