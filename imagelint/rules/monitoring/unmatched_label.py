"""The rule `unmatched-label`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.labels import unmatched_labels
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.monitoring.labels import Unmatched


@rule(Query, Severity.MEDIUM, confidence=Confidence.LIKELY)
def unmatched_label(query: Query, ctx: Context) -> Findings:
    """A query selects series by a label, or by a value of one, that none of them has.

    It is not an error: nothing is selected, the alert never fires and the objective is never
    missed. A histogram has the buckets that its server makes, and `le` is compared as text: there
    is no `le="0.7"` between `0.5` and `0.8`, and no `le="1"` beside `1.0`.

    Except:
        Labels that a monitor may hand on from pods, buckets of servers that are told others, and
        names of models as long as not every server of the engine says under which it serves.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Aborted
                  expr: rate(vllm:request_success_total{finish_reason="abort"}[5m]) > 1

    Good (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Aborted
                  expr: rate(vllm:request_success_total{finished_reason="abort"}[5m]) > 1
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for one in unmatched_labels(query, scope):
        message, advice = _said(one)
        yield ctx.finding(query.at(one.matcher.place), message, help=advice, subject=query.name)


def _said(one: Unmatched) -> tuple[str, str]:
    """The message, and the help."""
    label, value, name = one.matcher.label, one.matcher.value, one.metric.name
    named = [f"`{each}`" for each in one.instead]
    if one.kind == "label":
        told = f"`{name}` has no label `{label}`, but `{one.instead[0]}`"
        return told, f"write `{one.instead[0]}`"
    if one.kind == "le":
        return f"`{name}` has no bucket `{value}`", f"write {' or '.join(named)}"
    if one.kind == "model":
        several = f"{', '.join(named[:3])}{' …' if len(named) > 3 else ''}"  # noqa: PLR2004 - a line
        return f"no server serves as `{value}`, but as {several}", f"write {named[0]}"
    return f"`{label}` of `{name}` is never `{value}`", f"write one of {', '.join(named)}"
