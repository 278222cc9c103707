from __future__ import annotations

import json
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.formats import read
from imagelint.documents.evaluation.results import SampleTable
from imagelint.documents.evaluation.scores import Scores
from imagelint.documents.evaluation.stream import JsonStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.evaluation.results import ResultFile

RECORDED = Path(__file__).parents[3] / "testdata" / "evaluation"
FORMAT = "imagelint.dev/evaluation-results/v1"


def pieces(data: bytes, size: int = 100) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def recorded(name: str) -> ResultFile:
    return read(name, pieces((RECORDED / name).read_bytes()))


def written(name: str, *values: object, size: int = 100) -> ResultFile:
    text = "\n".join(value if isinstance(value, str) else json.dumps(value) for value in values)
    return read(name, pieces(text.encode(), size))


def refused(name: str, *values: object) -> str:
    with pytest.raises(DocumentError) as caught:
        written(name, *values)
    return caught.value.message


@pytest.mark.parametrize(
    ("name", "tool", "metric", "values"),
    [
        ("deepeval.json", "DeepEval", "Exact Answer", [1, 1, 0, 1]),
        ("inspect.json", "inspect_ai", "match", [1, 1, 0, 1] * 2),
        ("promptfoo.json", "promptfoo", "exact", [1, 1, 0, 1]),
        ("promptfoo.json", "promptfoo", "success", [1, 1, 0, 1]),
        ("ragas.csv", "Ragas", "exact_match", [1, 1, 0, 1]),
        ("ragas.jsonl", "Ragas", "exact_match", [1, 1, 0, 1]),
        (
            "samples_tiny_sums_2026-11-26T09-00-00.000000.jsonl",
            "lm-evaluation-harness",
            "tiny_sums/acc,none",
            [0, 0, 0, 1],
        ),
    ],
)
def test_samples_of_real_tools_are_read(
    name: str, tool: str, metric: str, values: list[float]
) -> None:
    found = recorded(name)
    assert found.format == tool
    assert list(found.samples.column(metric)) == values
    assert found.defects == ()


@pytest.mark.parametrize("different", [2, 255, 256, 1000])
def test_scores_come_back_however_many_values_they_have(different: int) -> None:
    table = SampleTable()
    told = [at % different / different if at % 3 else None for at in range(3000)]
    for at, score in enumerate(told):
        table.add(f"case {at}", {} if score is None else {"grade": score})
    found = [None if isnan(score) else score for score in table.column("grade")]
    assert found == told


def test_scores_take_a_byte_or_two_while_there_are_few_different_ones() -> None:
    widths = []
    for different in (200, 20_000, 70_000):
        scores = Scores()
        for at in range(different):
            scores.put(2 * at, at / different)
        numbered = scores.numbered(2 * different)
        widths.append(numbered and memoryview(numbered[0]).itemsize)
        found = scores.values(2 * different)
        assert list(found[::2]) == [at / different for at in range(different)]
        assert all(map(isnan, found[1::2]))
        if numbered is not None:
            assert [numbered[1][place] for place in numbered[0][::2]] == list(found[::2])
    assert widths == [1, 2, None]


@pytest.mark.parametrize("cluster", ["", "passage"])
def test_equal_keys_are_kept_once(cluster: str) -> None:
    one, same, other = SampleTable(), SampleTable(), SampleTable()
    for table, names in ((one, "abc"), (same, "abc"), (other, "abd")):
        for name in names:
            table.add(name, {"grade": 1.0}, cluster)
    same.share([other, one])
    assert same.cases is one.cases
    assert (same.clusters is one.clusters) == bool(cluster)
    one.share([other])
    assert one.cases == same.cases != other.cases


def test_equal_cases_may_be_in_other_clusters() -> None:
    one, other = SampleTable(), SampleTable()
    one.add("a", {"grade": 1.0}, "passage")
    other.add("a", {"grade": 1.0}, "another")
    other.share([one])
    assert other.cases is one.cases
    assert other.clusters != one.clusters


def test_samples_that_name_no_cluster_have_none() -> None:
    table = SampleTable()
    table.add("alone", {"grade": 1.0})
    assert (list(table.clusters), table.clustered) == ([0], False)
    table.add("beside", {"grade": 1.0}, "passage")
    table.add("behind", {"grade": 1.0})
    assert (table.clustered, [bool(key) for key in table.clusters]) == (True, [False, True, False])


def test_what_real_tools_say_of_the_whole_is_read() -> None:
    whole = recorded("lm_eval.json").aggregates["tiny_sums/acc,none"]
    assert whole == (0.25, 4, 0.25, True, True)
    assert recorded("lm_eval.json").facts.model == "dummy"
    assert recorded("deepeval.json").facts.quantization == "none"
    inspected = recorded("inspect.json")
    assert inspected.aggregates["match/accuracy"].value == 0.75
    assert inspected.samples.clustered
    assert len(set(inspected.samples.clusters)) == 2
    assert len(set(inspected.samples.cases)) == 4  # each twice


def test_helm_is_read_as_it_is_documented() -> None:
    name = {"name": "exact_match", "split": "test"}
    stats = written(
        "run/stats.json",
        [
            {"name": name, "count": 3, "mean": 0.5},
            {"name": {**name, "perturbation": {"name": "typos"}}, "count": 3, "mean": 0.1},
        ],
    )
    assert {key: value.value for key, value in stats.aggregates.items()} == {
        "exact_match@test": 0.5
    }
    instances = written(
        "run/per_instance_stats.json",
        [
            {"instance_id": "id1", "stats": [{"name": name, "mean": 1}]},
            {"instance_id": "id1", "perturbation": {}, "stats": [{"name": name, "mean": 0}]},
        ],
    )
    assert list(instances.samples.column("exact_match@test")) == [1]
    spec = written("run/run_spec.json", {"name": "a", "adapter_spec": {"model": "org/tiny"}})
    assert spec.facts.model == "org/tiny"
    assert "`adapter_spec`" in refused("run_spec.json", {"name": "a"})
    assert "`name.name`" in refused("stats.json", [{}])
    assert "`instance_id`" in refused("per_instance_stats.json", [{}])


def test_openai_evals_are_read_as_they_are_documented() -> None:
    found = written(
        "log.jsonl",
        {"spec": {"completion_fns": ["tiny"], "created_at": "2026-11-26"}},
        {"type": "match", "sample_id": "a.1", "data": {"correct": True}},
        {"type": "metrics", "sample_id": "a.2", "data": {"score": 0.5, "said": "x"}},
        {"type": "sampling", "sample_id": "a.2", "data": {}},
        {"type": "error", "sample_id": "a.3", "data": {}},
        {"final_report": {"accuracy": 1.0}},
    )
    assert found.facts.model == "tiny"
    assert list(found.samples.column("match"))[:1] == [1]
    assert list(found.samples.column("score"))[1:] == [0.5]
    assert found.defects == ("1 events are errors",)
    assert found.aggregates["accuracy"].value == 1.0


def test_an_openai_eval_without_its_report_did_not_end() -> None:
    found = written("log.jsonl", {"spec": {}}, {"type": "match", "data": {"correct": True}})
    assert "no `final_report`" in found.defects[0]
    assert (
        "no number" in written("log.jsonl", {"spec": {}}, {"final_report": {"a": "b"}}).defects[0]
    )


SPEC = {"spec": {"completion_fns": ["tiny"]}}


def matches(right: int, wrong: int) -> list[dict[str, object]]:
    told = [True] * right + [False] * wrong
    return [
        {"type": "match", "sample_id": f"a.{at}", "data": {"correct": one}}
        for at, one in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([SPEC, *matches(3, 1), {"final_report": {"accuracy": 1.0}}], "3 of its 4 matches"),
        ([SPEC, *matches(0, 4), {"final_report": {"accuracy": 0.01}}], "0 of its 4 matches"),
        ([SPEC, *matches(3, 1), *[{"final_report": {"accuracy": 0.75}}] * 2], "several runs"),
        ([SPEC, SPEC, *matches(3, 1), {"final_report": {"accuracy": 0.75}}], "several runs"),
    ],
)
def test_an_openai_eval_that_contradicts_itself(lines: list[dict[str, object]], told: str) -> None:
    (defect,) = written("log.jsonl", *lines).defects
    assert told in defect


@pytest.mark.parametrize(
    "lines",
    [
        [SPEC, *matches(3, 1), {"final_report": {"accuracy": 0.75}}],
        [SPEC, *matches(2, 1), {"final_report": {"accuracy": 0.667}}],
        [SPEC, {"final_report": {"accuracy": 0.9}}],
        [SPEC, *matches(0, 1), {"final_report": {"f1": 0.9}}],
        [
            *(SPEC, *matches(0, 1), {"type": "metrics", "sample_id": "b", "data": {"score": 1}}),
            {"final_report": {"accuracy": 0.9}},
        ],
    ],
)
def test_an_openai_eval_whose_report_may_be_so(lines: list[dict[str, object]]) -> None:
    assert written("log.jsonl", *lines).defects == ()


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_simple_form_is_read_however_it_arrives(size: int) -> None:
    value = {
        "format": FORMAT,
        "model": {"name": "tiny", "revision": "1a", "quantization": "fp8"},
        "image": "sha256:0a",
        "dataset": {"sha256": "0b"},
        "judges": ["judge"],
        "errors": 2,
        "metrics": {"speed": {"value": 12.5, "n": 3, "stderr": 0.1}},
        "samples": [
            {"id": "a", "cluster": "p", "scores": {"right": True, "rouge": -1.5e-3}},
            {"id": "b", "scores": {"right": 0, "rouge": None}, "labels": {"right": 1}},
        ],
    }
    found = written("r.json", json.dumps(value, indent=1), size=size)
    assert list(found.samples.column("right")) == [1, 0]
    rouge = list(found.samples.column("rouge"))
    assert rouge[0] == -0.0015
    assert isnan(rouge[1])
    assert found.samples.labels == {"right": [(0, 1)]}
    assert found.aggregates["speed"] == (12.5, 3, 0.1, None, False)
    assert found.facts.judges == ("judge",)
    assert found.defects == ("2 cases came to an error",)


def test_the_simple_form_as_lines_is_the_same() -> None:
    head = {"format": FORMAT}
    found = written("r.jsonl", head, {"id": "a", "scores": {"right": 1}}, "")
    assert list(found.samples.column("right")) == [1]
    assert "line 2 has no `id`" in refused("r.jsonl", head, {"scores": {}})
    assert "line 2: `right` is no number" in refused(
        "r.jsonl", head, {"id": "a", "scores": {"right": "yes"}}
    )


def test_samples_without_a_score_are_counted() -> None:
    case = {"name": "a", "metricsData": [{"name": "A", "score": None}]}
    scored = {"name": "b", "metricsData": [{"name": "A", "score": 1}, {"name": "B", "score": 1}]}
    assert written("d.json", {"testCases": [case, scored]}).samples.unscored == {"A": 1}
    lines = {"format": FORMAT}, {"id": "a", "scores": {"A": None}}, {"id": "b", "scores": {"B": 1}}
    assert written("r.jsonl", *lines).samples.unscored == {"A": 1}
    table = written("r.csv", "user_input,A,B\nq1,1,\nq2,0.5,1\nq3,,1\n").samples
    assert table.unscored == {"A": 1, "B": 1}
    assert len(table) == 3


def test_what_did_not_go_well_is_told() -> None:
    limited = {"results": {}, "n-samples": {"t": {"original": 10, "effective": 4}}}
    assert written("r.json", limited).defects == ("t: 4 of 10 cases were evaluated (`--limit`)",)
    log = {
        "version": 2,
        "status": "error",
        "eval": {"model": "m"},
        "results": {"scores": [{"name": "match", "unscored_samples": 2, "metrics": {}}]},
        "samples": [
            {"id": 1, "error": "x", "scores": {}},
            {"id": 2, "scores": {"f1": {"value": {"a": 0.5, "b": "C"}}}},
        ],
    }
    found = written("log.json", log)
    assert found.defects == (
        "its status is `error`, not `success`",
        "1 samples came to an error",
        "match: 2 samples have no score",
    )
    assert found.samples.metrics() == ("f1/a", "f1/b")
    tests = {"evalId": "e", "results": {"stats": {"successes": 1, "errors": 3}, "results": []}}
    assert written("p.json", tests).defects == ("3 tests came to an error (`stats.errors`)",)
    scores = [{"metric": "A", "scores": [1, None], "errors": 1}]
    assert written("d.json", {"testCases": [], "metricsScores": scores}).defects == (
        "A: 1 cases came to an error",
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("r.json", "", "is empty"),
        ("r.json", '{"a": 1}', "in no form of results"),
        ("r.csv", "a,b\n1,2\n", "in no form of results"),
        ("r.json", '{"evalId": "e", "results": {}}', "no `results.stats`"),
        ("r.json", '{"eval_id": "e"}', "no `eval` and `status`"),
        ("r.json", '{"lm_eval_version": "0.4"}', "no `results`"),
        ("r.json", '{"testCases": []}', "no `testCases` and `metricsScores`"),
        ("r.jsonl", '{"doc_id": 1}', "no `doc_id` and `metrics`"),
        ("r.jsonl", '{"question": ""}', "line 1 looks like results of Ragas"),
        ("r.csv", 'question,score\n"a,1\n', "line 1 is no CSV"),
        ("r.jsonl", '{"question": "a"}\n{"question": "b"', "line 2 ends too early"),
        ("r.jsonl", '{"question": "a"}\n{"question" "b"}', "line 2 is no JSON"),
        ("r.json", '{"testCases": [{"name": "a"}, {"na', "ends too early, after 34 characters"),
        ("r.json", '{"testCases": [{"name": "a"} x]}', "`,` was expected, after 29 characters"),
        ("r.json", '{"testCases": [nope], "more than any literal is long": 1}', "Expecting value"),
        ("r.json", '{"testCases": []} x', "something stands behind its end"),
        ("r.json", '{"testCases": [], 1: 2}', "a key was expected"),
        (
            "r.jsonl",
            '{"question": "a"}\n{"question": "b", "m": 0, "m": 1}',
            "line 2 has a key twice",
        ),
        ("r.json", '{"testCases": [{"success": false, "success": true}]}', "a key is there twice"),
        ("r.json", '{"testCases": [], "testCases": []}', "a key is there twice"),
        ("r.json", f'{{"format": "{FORMAT}", "metrics": {{"a": {{}}}}}}', "`metrics.a.value`"),
        ("r.json", f'{{"format": "{FORMAT}", "errors": "3"}}', "`errors` is no number of cases"),
        ("r.json", f'{{"format": "{FORMAT}", "errors": -1}}', "`errors` is no number of cases"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(name: str, value: str, said: str) -> None:
    assert said in refused(name, value)


def test_what_is_not_a_number_is_told_with_its_sample() -> None:
    case = '{"testCases": [{"name": "a", "metricsData": [{"name": "A", "score": NaN}]}]}'
    assert refused("r.json", case) == "sample `a`: `A` is nan, no number"
    assert "is inf" in refused("r.json", case.replace("NaN", "1e999"))


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(DocumentError, match="not UTF-8"):
        read("r.json", iter([b'{"testCases": [], "a": "\xff\xff"}']))


def test_values_that_nest_without_end_are_refused() -> None:
    assert "RecursionError" in refused("r.json", '{"testCases": [' + "[" * 100_000)


def test_objects_with_more_keys_than_any_tool_writes_are_refused() -> None:
    """All keys are kept, to see whether one is there twice."""
    keys = ", ".join(f'"k{number}": 0' for number in range(100_001))
    assert "more than 100,000 keys" in refused("r.json", f'{{"testCases": [], {keys}}}')


def test_a_value_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagelint.documents.evaluation.stream.LARGEST_ELEMENT", 1000)
    for name, value in (("r.json", '{"testCases": ["'), ("r.jsonl", '{"doc_id": "')):
        with pytest.raises(DocumentError) as caught:
            written(name, value + "x" * 200_000)
        assert caught.value.kind is ProblemKind.TOO_LARGE


def test_of_what_is_too_large_little_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces are taken by twice as many each time, up to what a value may have."""
    monkeypatch.setattr("imagelint.documents.evaluation.stream.LARGEST_ELEMENT", 10_000)
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        yield b'{"a": "'
        for _ in range(1000):
            taken += 100
            yield b"x" * 100

    with pytest.raises(DocumentError) as caught:
        list(JsonStream(pieces(), ()))
    assert caught.value.kind is ProblemKind.TOO_LARGE
    assert taken < 11_000


def test_more_samples_than_anybody_needs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagelint.documents.evaluation.results.MOST_SAMPLES", 1)
    table = SampleTable()
    table.add("a", {})
    with pytest.raises(DocumentError, match="more than 1 samples"):
        table.add("b", {})
    assert len(table) == 1
