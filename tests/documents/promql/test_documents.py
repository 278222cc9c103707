from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.detect import detect, parse
from imagelint.documents.promql.query import MetricUse, Query
from imagelint.documents.promql.scrapes import ScrapeTarget

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Program

RULES = """\
groups:
  - name: llm
    rules:
      - record: llm:waiting
        expr: sum(vllm:num_requests_waiting)
      - alert: Waiting
        expr: |
          llm:waiting > 5
          and up == 1
"""
BOARD = {
    "panels": [
        {
            "title": "Waiting",
            "datasource": {"type": "prometheus"},
            "targets": [{"expr": 'sum(vllm:num_requests_waiting{pod=~"$pod"})'}],
        },
        {"title": "Row", "panels": [{"targets": [{"expr": "up"}, {"expr": ""}]}]},
        {"title": "Logs", "datasource": {"type": "loki"}, "targets": [{"expr": '{app="a"}'}]},
        {"title": "More logs", "targets": [{"expr": '{app="a"} |= "b"'}]},
        {"title": "Either", "targets": [{"expr": 'up{job=~"a|b"}'}]},
    ]
}


def read(origin: str, text: str) -> Document:
    kind = detect(origin, text)
    assert kind
    return parse(Source(origin, text), kind)


def queries(origin: str, text: str) -> list[tuple[str, str, str]]:
    document = read(origin, text)
    return [(one.use, one.name, one.text.text.strip()) for one in document.nodes_of(Query)]


def test_a_file_of_rules() -> None:
    assert queries("alerts.yml", RULES) == [
        ("record", "llm:waiting", "sum(vllm:num_requests_waiting)"),
        ("alert", "Waiting", "llm:waiting > 5\nand up == 1"),
    ]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_dashboard(indent: int | None) -> None:
    text = json.dumps(BOARD, indent=indent)
    assert queries("board.json", text) == [
        ("panel", "Waiting", 'sum(vllm:num_requests_waiting{pod=~"$pod"})'),
        ("panel", "Row", "up"),
        ("panel", "Either", 'up{job=~"a|b"}'),
    ]


def test_the_places_of_a_dashboard_are_those_of_its_text() -> None:
    text = json.dumps(BOARD)
    uses = read("board.json", text).nodes_of(MetricUse)
    assert [text[slice(*one.span)] for one in uses] == ["vllm:num_requests_waiting"]


def objects() -> Iterator[tuple[str, list[str]]]:
    head = "metadata: {name: llm}\n"
    board = json.dumps(BOARD, indent=1)
    held = "".join(f"    {line}\n" for line in board.splitlines())
    rules = "".join(f"    {line}\n" for line in RULES.splitlines())
    grouped = "".join(f"  {line}\n" for line in RULES.splitlines())
    asked = ["vllm:num_requests_waiting"]
    for version, kind in (
        ("monitoring.coreos.com/v1", "PrometheusRule"),
        ("monitoring.googleapis.com/v1", "Rules"),
        ("operator.victoriametrics.com/v1beta1", "VMRule"),
    ):
        yield f"apiVersion: {version}\nkind: {kind}\n{head}spec:\n{grouped}", asked
    config_map = f"apiVersion: v1\nkind: ConfigMap\n{head}data:\n"
    yield f"{config_map}  board.json: |\n{held}", asked
    yield f"{config_map}  rules.yml: |-\n{rules}", asked
    yield f"{config_map}  rules.yml: {json.dumps(RULES)}\n", asked
    yield f"{config_map}  board.json: '{json.dumps(BOARD)}'\n", asked
    yield f'{config_map}  broken.json: \'{{"panels": ["expr"\'\n', []
    yield f"{config_map}  broken.yml: 'expr: [groups:'\n", []
    custom = "apiVersion: grafana.integreatly.org/v1beta1\nkind: GrafanaDashboard\n"
    yield f"{custom}{head}spec:\n  json: |\n{held}", asked
    analysis = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\n"
    provider = 'provider: {prometheus: {query: "max(vllm:num_requests_waiting)"}}'
    yield f"{analysis}{head}spec: {{metrics: [{{name: a, {provider}}}]}}\n", asked
    flagger = "apiVersion: flagger.app/v1beta1\n"
    template = "provider: {type: prometheus}, query: 'max(vllm:num_requests_waiting)'"
    yield f"{flagger}kind: MetricTemplate\n{head}spec: {{{template}}}\n", asked
    inside = "analysis: {metrics: [{name: a, query: 'max(vllm:num_requests_waiting)'}]}"
    yield f"{flagger}kind: Canary\n{head}spec: {{{inside}}}\n", asked
    keda = "apiVersion: keda.sh/v1alpha1\n"
    trigger = "{type: prometheus, metadata: {query: 'max(vllm:num_requests_waiting)'}}"
    others = "{type: cpu, metadata: {value: '50'}}, {type: prometheus, metadata: {}}"
    for kind in ("ScaledObject", "ScaledJob"):
        yield f"{keda}kind: {kind}\n{head}spec: {{triggers: [{trigger}, {others}]}}\n", asked
    scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
    for name in (
        "vllm:num_requests_waiting",
        "prometheus.googleapis.com|vllm:num_requests_waiting|gauge",
    ):
        metric = f"{{type: Pods, pods: {{metric: {{name: '{name}'}}}}}}"
        yield f"{scaler}{head}spec: {{metrics: [{metric}]}}\n", asked
    metric = "{type: Resource, resource: {name: cpu}}"
    yield f"{scaler}{head}spec: {{metrics: [{metric}]}}\n", []


@pytest.mark.parametrize(("text", "names"), [*objects()])
def test_what_objects_ask_for(text: str, names: list[str]) -> None:
    document = read("object.yaml", text)
    uses = document.nodes_of(MetricUse)
    assert [one.name for one in uses] == names
    assert all(one.name in document.written(one.span) for one in uses)


JOBS = "scrape_configs:\n  - {job_name: llm, static_configs: [{targets: ['llm:8000']}]}\n"
IN_A_CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata:\n"


@pytest.mark.parametrize("key", ["prometheus.yml", "relay"])
@pytest.mark.parametrize("style", ["|", "|-", ">-"])
def test_jobs_in_a_config_map(key: str, style: str) -> None:
    held = "".join(f"    {line}\n" for line in JOBS.splitlines())
    document = read("object.yaml", f"{IN_A_CONFIG_MAP}  {key}: {style}\n{held}")
    found = document.nodes_of(ScrapeTarget)
    assert [(one.host, one.port, one.namespace, one.job) for one in found] == [
        ("llm", 8000, "b", "llm")
    ]
    assert [document.written(one.span) for one in found] == ["'llm:8000'"]
    assert document.unread() == ()


@pytest.mark.parametrize(("key", "told"), [("prometheus.yml", 1), ("relay", 0)])
def test_jobs_that_are_no_yaml(key: str, told: int) -> None:
    document = read("object.yaml", f"{IN_A_CONFIG_MAP}  {key}: '{{scrape_configs: [a'\n")
    assert (document.nodes_of(ScrapeTarget), len(document.unread())) == ((), told)


def test_a_script_that_writes_jobs_is_not_taken_for_them() -> None:
    script = "  run.sh: |\n    cat > a <<EOF\n    scrape_configs:\n      - job_name: a: b\n"
    document = read("object.yaml", f"{IN_A_CONFIG_MAP}{script}")
    assert (document.nodes_of(ScrapeTarget), document.unread()) == ((), ())


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        ("package.json", '{"panels": 1}'),
        ("data.json", '{"expr": "up"}'),
        ("groups.yml", "groups:\n  - name: a\n    members: [b]\n"),
        ("expr.yml", "rules:\n  - expr: up\n"),
    ],
)
def test_what_is_neither(origin: str, text: str) -> None:
    assert detect(origin, text) == ""


def test_a_dashboard_that_is_no_json() -> None:
    with pytest.raises(DocumentError, match="not JSON that can be read") as caught:
        read("board.json", '{"panels": [], "expr" "up"}')
    assert caught.value.span is not None


def test_a_dashboard_that_is_nested_too_deeply() -> None:
    text = '{"panels": ' + "[" * 200_000 + ', "expr": 1'
    with pytest.raises(DocumentError, match="nested too deeply"):
        read("board.json", text)


def unread(origin: str, text: str) -> list[tuple[str, str]]:
    document = read(origin, text)
    found = document.unread()
    return [(one.message, document.written(one.span) if one.span else "") for one in found]


def test_expressions_that_are_written_twice_are_not_read() -> None:
    text = '{"panels": [{"expr": "up", "expr": "down"}]}'
    assert queries("board.json", text) == []
    assert unread("board.json", text) == [("2 queries are written, and 1 are read of them", text)]
    assert [one.kind for one in read("board.json", text).unread()] == [ProblemKind.UNPARSABLE]


def test_queries_that_stand_in_an_unusual_order_are_told_apart() -> None:
    inner = '{"panels": [{"targets": [{"expr": "a"}], "title": "T", "expr": "b"}]}'
    assert queries("board.json", inner) == [("panel", "T", "a"), ("panel", "T", "b")]
    assert unread("board.json", inner) == []


def test_a_character_in_two_escapes_is_one() -> None:
    text = r'{"panels": [{"expr": "up{a=\"\ud83d\ude00\"}", "title": "T"}]}'
    assert queries("board.json", text) == [("panel", "T", 'up{a="\U0001f600"}')]


def test_a_query_that_cannot_be_told_from_others_is_a_gap() -> None:
    text = r'{"panels": [{"e\u0078pr": "a"}, {"title": "\"expr\": \"b\"", "expr": "c"}]}'
    assert queries("board.json", text) == []
    assert len(unread("board.json", text)) == 1
    moved = '{"panels": [{"expr": "a"}, {"expr": 1, "b": {"expr": "c"}}]}'
    assert [name for _, _, name in queries("board.json", moved)] == ["a", "c"]


def holders() -> Iterator[tuple[str, str]]:
    long = "+".join(["up"] * 300)
    head = "metadata: {name: llm}\n"
    rules = RULES.replace("sum(vllm:num_requests_waiting)", long)
    board = json.dumps({"panels": [{"expr": long}]})
    yield "rules.yml", rules
    yield "board.json", board
    group = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
    yield "rule.yaml", f"{group}{head}spec:\n" + "".join(f"  {one}\n" for one in rules.splitlines())
    config_map = f"apiVersion: v1\nkind: ConfigMap\n{head}data:\n"
    yield "held.yaml", f"{config_map}  board.json: '{board}'\n"
    keda = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"
    trigger = f"{{type: prometheus, metadata: {{query: '{long}'}}}}"
    yield "scaler.yaml", f"{keda}{head}spec: {{triggers: [{trigger}]}}\n"
    run = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\n"
    metric = f"{{name: a, provider: {{prometheus: {{query: '{long}'}}}}}}"
    yield "run.yaml", f"{run}{head}spec: {{metrics: [{metric}]}}\n"


@pytest.mark.parametrize(("origin", "text"), [*holders()])
def test_a_query_that_is_too_large_is_a_gap_wherever_it_stands(origin: str, text: str) -> None:
    [(message, written)] = unread(origin, text)
    assert [one.kind for one in read(origin, text).unread()] == [ProblemKind.TOO_LARGE]
    assert message == "the query has more than 250 operators and parentheses"
    assert "up+up" in written


def test_a_query_that_is_too_large_leaves_the_run_incomplete(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rules.yml").write_text(RULES.replace("up == 1", "+".join(["up"] * 300)))
    monkeypatch.chdir(tmp_path)
    answer = program("check", "--no-cache", "--policy", "recommended", "--format", "json", ".")
    [problem] = json.loads(answer.out)["problems"]
    assert answer.code == 3
    assert problem["kind"] == "too-large"
    assert problem["location"]["start"]["line"] == 7
