"""The rule `misspelt-metric`."""

from __future__ import annotations

from imagelint.documents.promql.query import MetricUse
from imagelint.knowledge.serving.metrics import find_series, near_metric
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule


@rule(MetricUse, Severity.MEDIUM, confidence=Confidence.LIKELY)
def misspelt_metric(use: MetricUse, ctx: Context) -> Findings:
    """A metric is asked for under a name that is nearly one of its exporter.

    A name that nobody exports is no error: the query has no result.

    Except:
        Names that are like none that is known: they may be of a newer release. Settings of
        autoscalers, where an adapter may have given the name.

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
    if (use.query is None and not use.exact) or find_series(use.name) is not None:
        return
    meant = near_metric(use.name)
    if not meant:
        return
    fix = None
    if ctx.text(use.span) == use.name:
        fix = Fix(f"write `{meant}`", (ctx.edit(use.span, meant),))
    yield ctx.finding(
        use,
        f"there is no `{use.name}`, but `{meant}`",
        help=f"write `{meant}`",
        subject=use.subject,
        fix=fix,
    )
