"""Alerts of Grafana: queries, what is made of them, and the bounds that decide.

https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.promql.query import query_nodes
from imagelint.documents.promql.reading import query_of
from imagelint.documents.promql.trigger import ResultBound
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.runtime.field import Field, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.promql.query import Query
    from imagelint.documents.yaml.cursor import Cursor

_PROMETHEUS = "prometheus"
# Of these one of the values of a series is left, in their unit.
_KEEPING = frozenset(("last", "avg", "mean", "min", "max", "median"))
_WAYS = {"gt": ">", "gte": ">", "lt": "<", "lte": "<"}
_DEEPEST = 8


class _Step(NamedTuple):
    """One entry of an alert: a query, or an expression of Grafana that takes another one."""

    query: Query | None
    model: Cursor


def group_alerts(spec: Cursor) -> Iterator[Node]:
    """The queries of a group of alerts that grafana-operator brings to Grafana."""
    for rule in spec["rules"].items():
        yield from rule_steps(rule, None)


def rule_steps(rule: Cursor, within: MappedText | None) -> Iterator[Node]:
    """The queries of an alert, whose groups look like those of Prometheus, and its bounds."""
    title = rule["title"].word()
    steps: dict[str, _Step] = {}
    for one in rule["data"].items():
        model = one["model"]
        source = model.at("datasource", "type").word()
        query = None
        if source in ("", _PROMETHEUS):
            certain = source == _PROMETHEUS
            query = query_of(model["expr"], "alert", title, certain=certain, within=within)
        yield from () if query is None else query_nodes(query)
        name = one["refId"].word() or model["refId"].word()
        if name:
            steps[name] = _Step(query, model)
    for step in steps.values():
        for place, way, taken in _bounds(step.model):
            query = _followed(taken, steps)
            bound = None if query is None else _bound(place, within)
            if query is not None and bound is not None:
                yield ResultBound(bound.span, bound.path, title, way, bound, query)


def _bounds(model: Cursor) -> Iterator[tuple[Cursor, str, str]]:
    """The number, the way, and whose result is compared with it, of an expression of Grafana."""
    kind = model["type"].word()
    if kind not in ("threshold", "classic_conditions"):
        return
    for one in model["conditions"].items():
        way = _WAYS.get(one.at("evaluator", "type").word(), "")
        places = one.at("evaluator", "params").items()
        taken = model["expression"].word()
        if kind == "classic_conditions":
            kept = one.at("reducer", "type").word() in _KEEPING
            taken = one.at("query", "params", 0).word() if kept else ""
        if way and places and taken:
            yield places[0], way, taken


def _followed(name: str, steps: Mapping[str, _Step]) -> Query | None:
    """The query whose values, one of each series, are taken by a name; None where they are not."""
    for _ in range(_DEEPEST):
        step = steps.get(name)
        if step is None or step.query is not None:
            return None if step is None else step.query
        if step.model["type"].word() != "reduce":
            return None
        if step.model["reducer"].word() not in _KEEPING:
            return None
        name = step.model["expression"].word()
    return None


def _bound(place: Cursor, within: MappedText | None) -> Field[float] | None:
    fact = place.text()
    number = parse_quantity(fact.value) if isinstance(fact, Known) else None
    if number is None:
        return None
    span = _there(place.span, within)
    return Field(Known(float(number), span), Place(span, place.path))


def _there(span: Span, within: MappedText | None) -> Span:
    return span if within is None else within.place(*span)
