"""The rules of the adapter that serves what Prometheus has as metrics of Kubernetes.

They stand in a file of its own, or in the values of its chart, be they its own or those of another
chart that contains it, whatever it is called there.
https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md
prometheus-community/helm-charts:charts/prometheus-adapter/values.yaml
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.promql.reading import query_at, query_of
from imagelint.documents.promql.recorded import ADAPTER, SERIES, AdapterMetrics
from imagelint.documents.promql.tree import Selector, inner
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.yaml.cursor import Cursor

_QUERIES = (SERIES, "metricsQuery")
_GROUPS = (("custom", False), ("external", True))
_WHOLE = ("${0}", "$0")
_FIRST = ("${1}", "$1")
_ANY = ("(.*)", "(.+)")


def adapter_nodes(place: Cursor, within: MappedText | None = None) -> Iterator[Node]:
    """What the adapter asks by the rules at a place, and the metrics that it serves by them."""
    rules = place["rules"]
    yield from _served(rules, within, external=False)
    yield from _served(place["externalRules"], within, external=True)
    for name, external in _GROUPS:
        others = not external and _has_others(rules)
        yield from _served(rules[name], within, external=external, others=others)


def _has_others(rules: Cursor) -> bool:
    """Whether the chart adds rules, or takes others: it does unless it is told not to."""
    default = rules["default"].boolean()
    return rules["existing"].exists or not (isinstance(default, Known) and not default.value)


def _served(
    rules: Cursor, within: MappedText | None, *, external: bool, others: bool = False
) -> Iterator[Node]:
    found = [rule for rule in rules.items() if rule[SERIES].exists]
    if not found:
        return
    for rule in found:
        name = rule.at("name", "as").word()
        for query in _QUERIES:
            yield from query_at(rule[query], ADAPTER, name, within=within)
    names = tuple(map(_name, found))
    span = rules.span if within is None else within.place(*rules.span)
    told = None if others or "" in names else names
    yield AdapterMetrics(span, rules.path, external, told)


def _name(rule: Cursor) -> str:
    """The one name under which a rule serves a metric; empty where it may be any."""
    told, matched = (_written(rule.at("name", key)) for key in ("as", "matches"))
    if told and "$" not in told:
        return "" if "{{" in told else told
    series = _series(rule)
    if not series or not (told or matched):
        return series
    return _renamed(series, matched, told)


def _written(place: Cursor) -> str:
    """A string as it stands there: what begins with a dollar is a group of a pattern."""
    node = place.node
    return node.text if isinstance(node, Scalar) and node.value is not None else ""


def _series(rule: Cursor) -> str:
    query = query_of(rule[SERIES], ADAPTER, "")
    tree = query.tree if query is not None else None
    node = inner(tree) if tree is not None else None
    return node.metric if isinstance(node, Selector) else ""


def _renamed(series: str, pattern: str, told: str) -> str:
    """What a pattern that holds one group of any characters makes of a series."""
    written = pattern.removeprefix("^").removesuffix("$")
    group = next((one for one in _ANY if one in written), "")
    before, _, behind = written.partition(group) if group else ("", "", "?")
    plain = f"{before}{behind}".replace(":", "_")
    if (plain and not plain.isidentifier() and not plain.isdigit()) or not (
        series.startswith(before) and series.endswith(behind)
    ):
        return ""
    kept = series[len(before) : len(series) - len(behind)]
    made = told or _FIRST[0]
    for one in _FIRST:
        made = made.replace(one, kept)
    for one in _WHOLE:
        made = made.replace(one, series)
    return "" if "$" in made else made
