"""Queries by which a rollout is judged: of Argo Rollouts and Flagger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.promql.query import query_nodes
from imagelint.documents.promql.reading import query_at, query_of
from imagelint.documents.promql.trigger import JudgingTemplate, ResultBound
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.runtime.field import Field, Place
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.promql.query import Query
    from imagelint.documents.yaml.cursor import Cursor

_CONDITIONS = ("successCondition", "failureCondition")
# Strings and comments of https://expr-lang.org/docs/language-definition compare nothing.
_SAID = pattern(
    r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"|`[^`]*+`|//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/",
    re.DOTALL,
)
# `result[0] < 0.95 && …`, `all(result, # > 0.9)`: a result that is computed with is another number,
# and so is an item of what is made of it (`all(map(result, # * 100), # < 95)`).
_COMPARED = pattern(
    r"(?:(?:^|[(&|]|\b(?:and|or|not)\b)\s*+result(?:\[0\])?"
    r"|\b(?:all|any|none|one|count|filter)\(\s*+result\s*+,\s*+(?:\{\s*+)?#)"
    r"\s*+([<>])=?\s*+([0-9]{1,15}(?:\.[0-9]{1,15})?)(?=\s*(?:$|[)}&|]|(?:and|or)\b))"
)
_RANGE = {"max": ">", "min": "<"}


def analysis_queries(obj: KubernetesObject) -> Iterator[Node]:
    """The queries of an AnalysisTemplate, a MetricTemplate or a Canary, and what they must be.

    https://argo-rollouts.readthedocs.io/en/stable/analysis/prometheus/
    https://docs.flagger.app/usage/metrics
    """
    spec = obj.body["spec"]
    for metric in spec["metrics"].items():
        name = metric["name"].word()
        query = query_of(metric.at("provider", "prometheus", "query"), "analysis", name)
        if query is not None:
            yield from query_nodes(query)
            for key in _CONDITIONS:
                yield from _conditions(metric[key], query)
    for metric in spec.at("analysis", "metrics").items():
        query = query_of(metric["query"], "analysis", metric["name"].word())
        yield from () if query is None else query_nodes(query)
        yield from _range(metric, query, obj.namespace)
    if spec.at("provider", "type").word() == "prometheus":
        yield from query_at(spec["query"], "analysis", obj.name)


def judging_template(obj: KubernetesObject) -> JudgingTemplate | None:
    """What a Canary may name by its MetricTemplate; None where that asks no Prometheus."""
    spec = obj.body["spec"]
    if spec.at("provider", "type").word() != "prometheus":
        return None
    query = query_of(spec["query"], "analysis", obj.name)
    return None if query is None else JudgingTemplate(query.span, obj.namespace, query)


def _conditions(place: Cursor, query: Query) -> Iterator[ResultBound]:
    node = place.node
    if not isinstance(place.text(), Known) or not isinstance(node, Scalar):
        return
    text = map_scalar(node)
    said = _SAID.sub(lambda found: " " * len(found[0]), text.text)
    for found in _COMPARED.finditer(said):
        span = text.place(*found.span(2))
        bound = Field(Known(float(found[2]), span), Place(span, place.path))
        yield ResultBound(span, place.path, query.name, found[1], bound, query)


def _range(metric: Cursor, query: Query | None, namespace: str) -> Iterator[ResultBound]:
    """What the result must not be above (`max`), and not below (`min`).

    A template is of the canary's namespace where none is named.
    """
    template = metric.at("templateRef", "name").word()
    if query is None and not template:
        return
    for key, way in _RANGE.items():
        place = metric["thresholdRange"][key]
        fact = place.text()
        number = parse_quantity(fact.value) if isinstance(fact, Known) else None
        if number is not None:
            bound = Field(Known(float(number), place.span), place)
            name = metric["name"].word()
            judged = ResultBound(place.span, place.path, name, way, bound, query)
            within = metric.at("templateRef", "namespace").word() or namespace
            yield judged._replace(judged_by=template, namespace=within)
