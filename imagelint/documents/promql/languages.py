"""Languages that look like PromQL, and what only the newest releases of Prometheus read.

Files of rules of Loki and of vmalert have the form of Prometheus', and a data source of the type
`prometheus` may be any server that understands its requests.
"""

from __future__ import annotations

from functools import cache

from imagelint.core.pattern import pattern
from imagelint.knowledge.tables import table

LOGQL = "LogQL"
METRICSQL = "MetricsQL"
NEWER = "PromQL of a newer release"

# One that is not closed goes on to the end of its line.
_STRING = pattern(r"\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?|`[^`]*+`?|#[^\n]*")
_CALLED = pattern(r"\b([A-Za-z_]\w*+)\s*+(?:\(|(?:by|without)\b)")
# Streams are filtered by what their lines contain.
_LINE_FILTER = pattern(r"\}\s*(?:!=|!~|\|)")
# https://docs.victoriametrics.com/metricsql/
_METRICSQL = pattern(
    r"[\w)\]}]\s+(?:default|ifnot|if|limit)\s+[\w({:.-]|\bkeep_metric_names\b|\A\s*(?i:with)\s*\("
    r"|(?<![\w.])[0-9.]+(?:[KMGT]i?B?|i)\b|[0-9]\.[0-9]+(?:ms|[smhdwyi])\b"
)
# https://prometheus.io/docs/prometheus/latest/feature_flags/, and underscores in numbers.
_NEWER = pattern(
    r"[\w)\]}]\s+(?:anchored|smoothed)\b|</|>/|\[(?=[^\[\]]*\])[^\[\]]*?[-+*/%^()]"
    r"|\boffset\s*+[-+]?+\s*+(?:\(|(?:step|range|min|max)\s*\()|(?<![\w.])[0-9]+_[0-9]"
)
_SPLIT = pattern(r"(\w\s*)?\(|[{}),]", 2)


def bare(text: str) -> str:
    """An expression whose strings are empty, without its comments."""
    return _STRING.sub(lambda match: "" if match[0].startswith("#") else '""', text)


def language(text: str) -> str:
    """The language in which an expression may be right that PromQL's parser does not read.

    It is empty where nothing points to another one.
    """
    text = bare(text)
    called = {match[1].lower() for match in _CALLED.finditer(text)}
    if _LINE_FILTER.search(text) or not called.isdisjoint(_functions("logql")):
        return LOGQL
    if _METRICSQL.search(text) or not called.isdisjoint(_functions("metricsql")) or _united(text):
        return METRICSQL
    return NEWER if _NEWER.search(text) else ""


def _united(text: str) -> bool:
    """Whether parentheses that are no function's hold several expressions."""
    begun: list[bool] = []
    for match in _SPLIT.finditer(text):
        sign = match[0][-1]
        if sign in "({":
            begun.append(sign == "(" and match[1] is None)
        elif sign == ",":
            if begun and begun[-1]:
                return True
        elif begun:
            begun.pop()
    return False


@cache
def _functions(name: str) -> frozenset[str]:
    found = table("query_languages")
    return frozenset(found["logql"] if name == "logql" else found["metricsql"])
