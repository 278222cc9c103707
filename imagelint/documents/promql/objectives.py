"""Service level objectives: what counts as served, and what as served well, asked of Prometheus.

https://sloth.dev/specs/default/, https://github.com/pyrra-dev/pyrra (its `ServiceLevelObjective`),
https://github.com/OpenSLO/OpenSLO
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.promql.query import OBJECTIVE
from imagelint.documents.promql.reading import query_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.yaml.cursor import Cursor

_SLOTH = ("sloth.slok.dev", "PrometheusServiceLevel")
_PYRRA = ("pyrra.dev", "ServiceLevelObjective")
# `prometheus/v1` is the version of a file of sloth that is no object of Kubernetes.
_PLAIN = pattern(r"prometheus/v[0-9]\w*")
# Of each indicator of pyrra, where it names series: it puts the rates around them itself.
_SERIES = (
    *(("ratio", "errors"), ("ratio", "total"), ("latency", "success"), ("latency", "total")),
    *(("latencyNative", "total"), ("bool_gauge",)),
)
_RATIOS = (("good",), ("bad",), ("total",), ("raw",))
_PROMETHEUS = "prometheus"


def is_plain_sloth(root: Cursor) -> bool:
    """Whether a document is a file of sloth's own form."""
    told = root["version"].text()
    return isinstance(told, Known) and _PLAIN.fullmatch(told.value) is not None


def sloth_queries(spec: Cursor) -> Iterator[Node]:
    """The queries of the objectives of sloth: good and all events, or their share."""
    for slo in spec["slos"].items():
        sli, name = slo["sli"], slo["name"].word()
        for form in ("events", "raw"):
            # Kubernetes' form writes the words together, the plain one with `_`.
            for key in ("errorQuery", "error_query", "totalQuery", "total_query"):
                yield from query_at(sli[form][key], OBJECTIVE, name)
            for key in ("errorRatioQuery", "error_ratio_query"):
                yield from query_at(sli[form][key], OBJECTIVE, name)


def pyrra_series(spec: Cursor, name: str) -> Iterator[Node]:
    """The series that an objective of pyrra counts."""
    for keys in _SERIES:
        yield from query_at(spec.at("indicator", *keys, "metric"), OBJECTIVE, name)


def openslo_queries(spec: Cursor, name: str) -> Iterator[Node]:
    """The queries of an indicator of OpenSLO, be it one of its own or within an objective."""
    inline = [one["indicator"] for one in spec["objectives"].items()]
    for place in (spec, spec["indicator"]["spec"], *(one["spec"] for one in inline)):
        yield from _of_indicator(place, name)


def _of_indicator(place: Cursor, name: str) -> Iterator[Node]:
    sources = [place.at("ratioMetric", *keys, "metricSource") for keys in _RATIOS]
    sources.append(place.at("thresholdMetric", "metricSource"))
    for source in sources:
        kind = source["type"].word().lower()
        if kind in ("", _PROMETHEUS):
            certain = kind == _PROMETHEUS
            for key in ("query", "promql"):
                yield from query_at(source["spec"][key], OBJECTIVE, name, certain=certain)


def objective_queries(group: str, kind: str, spec: Cursor, name: str) -> Iterator[Node]:
    """The queries of an object that holds objectives, under a name."""
    if (group, kind) == _SLOTH:
        yield from sloth_queries(spec)
    elif (group, kind) == _PYRRA:
        yield from pyrra_series(spec, name)
    else:
        yield from openslo_queries(spec, name)
