"""Queries in the values of charts: rules for Prometheus, and those of its adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.promql.adapter import adapter_nodes
from imagelint.documents.promql.rulefile import listed_rules, rule_queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.yaml.cursor import Cursor

# The files of rules in the values of the chart of Prometheus.
_SERVER_FILES = ("alerting_rules.yml", "recording_rules.yml", "alerts", "rules")
# Under what charts of servers hold their own.
_OWN = frozenset(("prometheusrule", "prometheusrules"))
# How deep charts within charts hold values.
_DEEPEST = 5


def value_queries(values: Cursor) -> Iterator[Node]:
    """The queries in the values of charts, be they of one or of those that it contains.

    prometheus-community/helm-charts: charts/kube-prometheus-stack/values.yaml, charts/prometheus/,
    charts/prometheus-adapter/; other charts have `prometheusRule.groups` or `.rules`.
    """
    pending = [("", values, 0)]
    seen: set[int] = set()
    while pending:
        name, place, depth = pending.pop()
        if id(place.node) in seen:
            continue  # by an anchor, however many there are
        seen.add(id(place.node))
        yield from adapter_nodes(place)
        yield from _rules(name, place)
        below = place.entries() if depth < _DEEPEST else ()
        pending += [(key, one, depth + 1) for key, one in reversed(below)]


def _rules(name: str, place: Cursor) -> Iterator[Node]:
    for _, rules in place["additionalPrometheusRulesMap"].entries():
        yield from rule_queries(rules)
    for rules in place["additionalPrometheusRules"].items():
        yield from rule_queries(rules)
    for file in _SERVER_FILES:
        yield from rule_queries(place["serverFiles"][file])
    if name.lower() in _OWN:
        yield from rule_queries(place)
        yield from listed_rules(place["rules"])
