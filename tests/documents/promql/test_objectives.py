from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.documents.detect import detect, parse
from imagelint.documents.promql.query import MetricUse, Query

if TYPE_CHECKING:
    from imagelint.documents.base import Document

DONE = "sum(rate(vllm:request_success_total[{{.window}}]))"
SLOTH = "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel"
PYRRA = "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective"
SOURCE = "{metricSource: {type: Prometheus, spec: {query: 'vllm:num_requests_waiting'}}}"


def read(text: str) -> Document:
    kind = detect("slo.yaml", text)
    assert kind
    return parse(Source("slo.yaml", text), kind)


def plain(sli: str) -> str:
    return f"version: prometheus/v1\nslos:\n  - {{name: a, sli: {sli}}}\n"


def made(head: str, spec: str) -> str:
    return f"{head}\nmetadata: {{name: llm}}\nspec: {spec}\n"


def opened(kind: str, spec: str) -> str:
    return made(f"apiVersion: openslo/v1\nkind: {kind}", spec)


@pytest.mark.parametrize(
    "text",
    [
        plain(f"{{events: {{error_query: '{DONE}'}}}}"),
        plain(f"{{events: {{total_query: '{DONE}'}}}}"),
        plain(f"{{raw: {{error_ratio_query: '{DONE}'}}}}"),
        made(SLOTH, f"{{slos: [{{sli: {{events: {{errorQuery: '{DONE}'}}}}}}]}}"),
        made(SLOTH, f"{{slos: [{{sli: {{events: {{totalQuery: '{DONE}'}}}}}}]}}"),
        made(SLOTH, f"{{slos: [{{sli: {{raw: {{errorRatioQuery: '{DONE}'}}}}}}]}}"),
        made(PYRRA, "{indicator: {ratio: {errors: {metric: 'vllm:request_success_total'}}}}"),
        made(PYRRA, "{indicator: {bool_gauge: {metric: 'vllm:engine_sleep_state'}}}"),
        opened("SLI", f"{{ratioMetric: {{bad: {SOURCE}}}}}"),
        opened("SLO", f"{{indicator: {{spec: {{thresholdMetric: {SOURCE}}}}}}}"),
        opened(
            "SLO", f"{{objectives: [{{indicator: {{spec: {{ratioMetric: {{raw: {SOURCE}}}}}}}}}]}}"
        ),
    ],
)
def test_the_queries_of_objectives_are_read(text: str) -> None:
    document = read(text)
    assert [one.use for one in document.nodes_of(Query)] == ["objective"]
    (use,) = document.nodes_of(MetricUse)
    assert document.written(use.span) == use.name
    assert document.unread() == ()


@pytest.mark.parametrize(
    "text",
    [
        made(SLOTH, "{slos: [{sli: {plugin: {id: x}}}]}"),
        made(PYRRA, "{indicator: {}}"),
        opened("SLO", f"{{ratioMetric: {{good: {SOURCE.replace('Prometheus', 'Dynatrace')}}}}}"),
        opened("Service", f"{{ratioMetric: {{good: {SOURCE}}}}}"),
    ],
)
def test_what_asks_no_prometheus_has_no_queries(text: str) -> None:
    assert read(text).nodes_of(Query) == ()


def test_a_version_alone_makes_no_objectives() -> None:
    assert detect("a.yaml", "version: prometheus/v1\nname: x\n") == ""


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("DatadogMetric", "{query: 'avg:vllm.num_requests.waiting{*}'}"),
        ("DatadogMonitor", "{query: 'avg(last_5m):avg:vllm.x{*} > 5'}"),
        ("DatadogSLO", "{query: {numerator: 'sum:x', denominator: 'sum:y'}}"),
    ],
)
def test_queries_of_another_language_are_said_to_be_unread(kind: str, spec: str) -> None:
    text = (
        f"apiVersion: datadoghq.com/v1alpha1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
    )
    (told,) = read(text).unread()
    assert told.message == "a query of Datadog is not read"
