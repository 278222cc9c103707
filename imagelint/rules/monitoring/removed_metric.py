"""The rule `removed-metric`."""

from __future__ import annotations

from imagelint.documents.promql.query import MetricUse
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.metrics import Removal, asks_for, removal
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule


@rule(MetricUse, Severity.HIGH, confidence=Confidence.LIKELY)
def removed_metric(use: MetricUse, ctx: Context) -> Findings:
    """A query asks for a metric that the server no longer has.

    It is not an error: the query has no result, so that the alert never fires, the panel is empty,
    and the autoscaler sees a queue of zero.

    Except:
        Servers in sight that are all older than the removal, queries that try the old name and the
        new one in turn (`or`), and what vLLM's router still shows: where it is in sight, its own
        metrics are asked for in the same file, or series by `server`.

    Bad (alerts.yaml):
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: llm}
        spec:
          groups:
            - name: llm
              rules:
                - alert: CacheFull
                  expr: vllm:gpu_cache_usage_perc > 0.95

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
    found = removal(use, ctx.document, scope)
    if found is None or (use.fallback and asks_for(use, found.instead)):
        return
    since = "" if found.since == "yes" else f" since {found.since}"
    fix = None
    if found.renamed and ctx.text(use.span) == use.name:
        fix = Fix(f"write `{found.instead}`", (ctx.edit(use.span, found.instead),))
    yield ctx.finding(
        use,
        f"{found.title} has no `{use.name}`{since}",
        help=_help(found),
        subject=use.subject,
        fix=fix,
        confidence=Confidence.CERTAIN if found.certain else None,
    )


def _help(found: Removal) -> str:
    if not found.instead:
        return "ask for a metric that is there"
    unit = f", which is in {found.unit}" if found.unit else ""
    return f"write `{found.instead}`{unit}"
