"""The rule `metric-without-suffix`."""

from __future__ import annotations

from imagelint.documents.promql.query import MetricUse
from imagelint.documents.queries.monitoring.metrics import nameless_series
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(MetricUse, Severity.MEDIUM, confidence=Confidence.LIKELY)
def metric_without_suffix(use: MetricUse, ctx: Context) -> Findings:
    """A query asks for a metric by a name under which none of its samples are kept.

    A histogram is kept as `_bucket`, `_sum` and `_count`, a counter of most clients ends in
    `_total`. The bare name has no samples, and the query no result.

    Except:
        Functions for native histograms, which have no suffix, and quantiles of sums without `le`.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: Slow
                  expr: vllm:time_to_first_token_seconds > 5

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
                    histogram_quantile(0.99,
                    sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 5
    """
    found = nameless_series(use)
    if found is None:
        return
    kept = ", ".join(f"`{one}`" for one in found.series)
    yield ctx.finding(
        use,
        f"there are no samples of `{use.name}`: the {found.type} is kept as {kept}",
        help=f"ask for `{found.series[0]}`",
        subject=use.subject,
    )
