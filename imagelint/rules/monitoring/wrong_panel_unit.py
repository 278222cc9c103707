"""The rule `wrong-panel-unit`."""

from __future__ import annotations

from imagelint.documents.promql.query import Query
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.expressions import share_of
from imagelint.documents.queries.monitoring.records import records_of, shown_of
from imagelint.documents.queries.monitoring.times import seconds_of
from imagelint.rules.api import Context, Findings, Severity, rule

# Grafana's units: 0.9 is 0.9 % as `percent`, and 90 % as `percentunit`
# (grafana/grafana:packages/grafana-data/src/valueFormats/categories.ts).
_SHARES = {("ratio", "percent"): "percentunit", ("percent", "percentunit"): "percent"}
_SMALLER = {"ms": "milliseconds", "µs": "microseconds", "ns": "nanoseconds"}


@rule(Query, Severity.LOW)
def wrong_panel_unit(query: Query, ctx: Context) -> Findings:
    """A panel shows a value in another unit than the metric has.

    A cache that is full to nine tenths is shown as 0.9 %, a first token after two seconds as 2 ms:
    whoever looks there when users complain looks elsewhere.

    Except:
        Panels that show some of their series otherwise, or transform them, and what is computed.

    Bad (llm.json):
        {
          "title": "LLM",
          "panels": [
            {
              "title": "KV cache",
              "type": "timeseries",
              "fieldConfig": {"defaults": {"unit": "percent"}},
              "targets": [{"expr": "max(vllm:kv_cache_usage_perc)"}]
            }
          ]
        }

    Good (llm.json):
        {
          "title": "LLM",
          "panels": [
            {
              "title": "KV cache",
              "type": "timeseries",
              "fieldConfig": {"defaults": {"unit": "percentunit"}},
              "targets": [{"expr": "max(vllm:kv_cache_usage_perc)"}]
            }
          ]
        }
    """
    tree = query.tree
    if not query.unit or tree is None:
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    recorded = shown_of(records_of(ctx.document, ctx.project), scope)
    share = share_of(tree, recorded)
    meant = _SHARES.get((share, query.unit), "")
    said = "goes from 0 to 1, and is shown" if share == "ratio" else "is a percentage, and is shown"
    if not meant and query.unit in _SMALLER and seconds_of(tree, recorded) is not None:
        meant, said = "s", "is in seconds, and is shown"
    if meant:
        yield ctx.finding(
            query.at(tree.place),
            f"what is asked for {said} as {_SMALLER.get(query.unit, f'`{query.unit}`')}",
            help=f'write `"unit": "{meant}"`',
            subject=query.name,
        )
