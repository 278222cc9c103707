from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Answer, Program

EXAMPLE = Path(__file__).parents[2] / "testdata" / "examples" / "promotion"
DIGEST = "sha256:" + "1" * 64


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    return tmp_path / "p"


@pytest.fixture
def evaluate(program: Program, folder: Path) -> Program:
    def run(*words: str) -> Answer:
        return program("evaluate", *words, "--format", "json")

    return run  # type: ignore[return-value]


def rules(answer: Answer) -> list[str]:
    return [one["rule"] for one in json.loads(answer.out)["findings"]]


def problems(answer: Answer) -> list[str]:
    return [one["detail"] for one in json.loads(answer.out)["problems"]]


def told(answer: Answer) -> dict[str, str]:
    return {one["name"]: one["value"] for one in json.loads(answer.out)["evidence"]}


def change(folder: Path, old: str, new: str) -> None:
    plan = folder / "imagelint-eval.yaml"
    text = plan.read_text()
    assert old in text
    plan.write_text(text.replace(old, new))


def test_a_candidate_that_is_as_good_passes(evaluate: Program) -> None:
    answer = evaluate("candidate", "--baseline", "previous", "--image", f"chat@{DIGEST}")
    assert answer.code == 0
    evidence = told(answer)
    assert evidence["digest"] == DIGEST
    assert "clears: " in evidence["dimension accuracy"]
    assert "by the judge" in evidence["dimension faithfulness"]


def test_one_dimension_that_became_worse_is_refused(evaluate: Program) -> None:
    answer = evaluate("regressed", "--baseline", "previous")
    assert answer.code == 1
    assert rules(answer) == ["evaluation-regression"]
    finding = json.loads(answer.out)["findings"][0]
    assert finding["location"]["path"] == "dimensions.faithfulness"
    assert finding["location"]["origin"] == "imagelint-eval.yaml"


def test_without_the_previous_tag_nothing_passes_unsaid(evaluate: Program) -> None:
    assert evaluate("candidate").code == 3
    assert evaluate("candidate", "--first").code == 0


def test_a_suite_that_is_too_small_is_no_pass(evaluate: Program, folder: Path) -> None:
    for name in ("candidate", "previous"):
        file = folder / name / "results.jsonl"
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:121]))
    answer = evaluate("candidate", "--baseline", "previous")
    assert answer.code == 3
    assert "cannot tell whether it is worse" in problems(answer)[0]
    assert "cases would probably tell" in json.loads(answer.out)["problems"][0]["help"]


def test_cases_that_are_left_out_are_no_pass(evaluate: Program, folder: Path) -> None:
    file = folder / "candidate" / "results.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-20]))
    answer = evaluate("candidate", "--baseline", "previous")
    assert answer.code == 3
    assert "accuracy: 20 cases of the previous tag are left out" in problems(answer)
    file.write_text("".join(lines).replace('"id": "', '"id": "new-'))
    answer = evaluate("candidate", "--baseline", "previous")
    assert answer.code == 3
    assert "accuracy: 800 cases of the previous tag are left out" in problems(answer)


def test_cases_without_a_score_are_no_pass(evaluate: Program, folder: Path) -> None:
    for name, where in (("candidate", ""), ("previous", " in the baseline")):
        file = folder / name / "results.jsonl"
        text = file.read_text()
        lines = [json.loads(line) for line in text.splitlines()]
        for line in lines[1:4]:
            line["scores"]["accuracy"] = None
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        found = problems(evaluate("candidate", "--baseline", "previous"))
        assert f"accuracy: 3 samples have no score{where}" in found
        file.write_text(text)
    assert evaluate("candidate", "--baseline", "previous").code == 0


def test_a_dataset_that_cannot_be_read_is_no_pass(evaluate: Program, folder: Path) -> None:
    for path in ("none.jsonl", "/dev/zero"):
        change(folder, "path: questions.jsonl", f"path: {path}")
        answer = evaluate("candidate", "--first")
        assert (answer.code, len(problems(answer))) == (3, 1)
        assert f"its dataset `{path}` cannot be read" in problems(answer)[0]
        change(folder, f"path: {path}", "path: questions.jsonl")


def test_what_is_compared_with_is_of_the_same_questions(evaluate: Program, folder: Path) -> None:
    file = folder / "previous" / "results.jsonl"
    head, rest = file.read_text().split("\n", 1)
    said = {**json.loads(head), "dataset": {"sha256": "0" * 64}, "errors": 3}
    file.write_text(f"{json.dumps(said)}\n{rest}")
    answer = evaluate("candidate", "--baseline", "previous")
    assert sorted(rules(answer)) == ["failed-evaluation-run", "stale-evaluation"]


def test_results_of_another_image_than_the_plan_are_refused(
    evaluate: Program, folder: Path
) -> None:
    file = folder / "candidate" / "results.jsonl"
    head, rest = file.read_text().split("\n", 1)
    for image, found in ((f"chat@{DIGEST}", []), ("sha256:" + "2" * 64, ["stale-evaluation"])):
        file.write_text(f"{json.dumps({**json.loads(head), 'image': image})}\n{rest}")
        assert rules(evaluate("candidate", "--first")) == found


def test_results_of_something_else_are_refused(evaluate: Program, folder: Path) -> None:
    answer = evaluate("candidate", "--first", "--image", "sha256:" + "2" * 64)
    assert (answer.code, rules(answer)) == (1, ["stale-evaluation"])
    (folder / "questions.jsonl").write_text("{}\n")
    assert "dataset: " in json.loads(evaluate("candidate", "--first").out)["findings"][0]["message"]


def test_the_results_may_say_what_they_are_of(evaluate: Program, folder: Path) -> None:
    file = folder / "candidate" / "results.jsonl"
    head, rest = file.read_text().split("\n", 1)
    said = {**json.loads(head), "model": {"quantization": "int4"}, "judges": ["judge-small"]}
    said["errors"] = 3
    file.write_text(f"{json.dumps(said)}\n{rest}")
    answer = evaluate("candidate", "--first")
    assert sorted(rules(answer)) == [
        "failed-evaluation-run",
        "stale-evaluation",
        "uncalibrated-judge",
    ]


def test_variants_need_the_same_questions_and_judge(evaluate: Program, folder: Path) -> None:
    plan = (folder / "imagelint-eval.yaml").read_text()
    (folder / "previous" / "imagelint-eval.yaml").write_text(plan.replace("fp8", "none"))
    assert evaluate("candidate", "--baseline", "previous").code == 0
    other = plan.replace("judge-large", "judge-small").replace("  safety: {", "  tone: {")
    (folder / "previous" / "imagelint-eval.yaml").write_text(other)
    answer = evaluate("candidate", "--baseline", "previous")
    assert (answer.code, rules(answer)) == (1, ["stale-evaluation"] * 2)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  safety: {", "  toxicity: {", "`toxicity` is not in the results, which have: accuracy"),
        (
            "threshold: 0.97, ",
            "threshold: 97, scale: percent, ",
            "is at most 1, which is a fraction",
        ),
        ("image: registry.example.com/chat@" + DIGEST, "image: chat:v2", "names no digest"),
    ],
)
def test_what_cannot_be_told_is_incomplete(
    evaluate: Program, folder: Path, old: str, new: str, said: str
) -> None:
    change(folder, old, new)
    answer = evaluate("candidate", "--first", "--image", DIGEST)
    assert answer.code == 3
    assert said in problems(answer)[0]


def test_percentages_against_fractions_are_told(evaluate: Program, folder: Path) -> None:
    file = folder / "candidate" / "results.jsonl"
    file.write_text(file.read_text().replace('"safety": 1', '"safety": 100'))
    assert "outside of 0 to 1" in problems(evaluate("candidate", "--first"))[0]


def test_a_dimension_below_its_threshold_is_refused(evaluate: Program, folder: Path) -> None:
    change(folder, "threshold: 0.88", "threshold: 0.99")
    answer = evaluate("candidate", "--first")
    assert (answer.code, rules(answer)) == (1, ["evaluation-below-threshold"])


def test_no_policy_can_switch_the_judging_off(evaluate: Program, folder: Path) -> None:
    change(folder, "threshold: 0.88", "threshold: 0.99")
    (folder / ".imagelint.yaml").write_text("extends: []\n")
    assert evaluate("candidate", "--first").code == 1


def test_a_statement_is_written_and_read(evaluate: Program, program: Program, folder: Path) -> None:
    evaluate(
        "regressed", "--baseline", "previous", "--image", f"chat@{DIGEST}", "--attest", "s.json"
    )
    said = json.loads((folder / "s.json").read_text())
    assert said["subject"] == [{"name": "chat", "digest": {"sha256": "1" * 64}}]
    assert said["predicate"]["result"] == "FAILED"
    assert said["predicate"]["failedTests"] == ["faithfulness"]
    assert len(said["predicate"]["configuration"]) == 3
    answer = program("check", "s.json", "--format", "json")
    assert rules(answer) == ["failed-evaluation-run", "evaluation-regression"]


def test_a_statement_is_about_an_image(evaluate: Program, program: Program, folder: Path) -> None:
    assert "no digest" in program("evaluate", "candidate", "--image", "chat:v1").err
    change(folder, "@" + DIGEST, "")
    answer = program("evaluate", "candidate", "--first", "--attest", "s.json")
    assert (answer.code, "by digest" in answer.err) == (2, True)


def test_without_a_plan_nothing_is_judged(program: Program, folder: Path) -> None:
    (folder / "imagelint-eval.yaml").unlink()
    assert program("evaluate", "candidate").code == 2


def test_files_that_cannot_be_read_are_told(evaluate: Program, folder: Path) -> None:
    answer = evaluate("candidate", "none.json", "--first", "--attest", "s.json")
    assert (answer.code, problems(answer)) == (3, ["cannot be read: No such file or directory"])
    (folder / "imagelint-eval.yaml").write_text("dimension: {}\n")
    answer = evaluate("candidate", "--first")
    assert (answer.code, problems(answer)) == (3, ["unknown key `dimension`"])


def test_what_a_suite_can_see_is_told_before(program: Program, folder: Path) -> None:
    alone = program("evaluate", "candidate", "--power")
    assert alone.code == 0
    assert "accuracy: 800 cases (if the same case correlates by 0.5" in alone.out
    both = program("evaluate", "candidate", "--baseline", "previous", "--power")
    assert "by the differences of both runs" in both.out
    change(folder, "{threshold: 0.88, tolerance: 0.03}", "{threshold: 0.88, tolerance: 0.01}")
    assert "for that it needs" in program("evaluate", "candidate", "--power").out
    assert program("evaluate", "none.json", "--power").code == 3


def test_aggregates_alone_are_compared_and_said_to_be(evaluate: Program, folder: Path) -> None:
    value = {"format": "imagelint.dev/evaluation-results/v1", "metrics": {}}
    for name, rate in (("candidate", 0.95), ("previous", 0.95)):
        metrics = {each: {"value": rate, "n": 4000} for each in ("a", "b")}
        metrics["latency"] = {"value": 2.0, "n": 400, "stderr": 0.01}
        shutil.rmtree(folder / name)
        (folder / f"{name}.json").write_text(json.dumps({**value, "metrics": metrics}))
    (folder / "imagelint-eval.yaml").write_text(
        "dataset: {name: q, revision: r1}\n"
        "dimensions:\n  a: {threshold: 0.9, tolerance: 0.02}\n  b: {threshold: 0.9}\n"
        "  latency: {threshold: 3, tolerance: 0.1, scale: any, direction: lower}\n"
    )
    answer = evaluate("candidate.json", "--baseline", "previous.json")
    assert answer.code == 0
    evidence = told(answer)
    assert "as if of different cases" in evidence["dimension a"]
    assert "clears" in evidence["dimension latency"]
    assert "without samples" in evaluate("candidate.json", "--power").out
    metrics = {each: {"value": 1, "n": 1, "stderr": 0} for each in ("a", "b", "latency")}
    for name in ("candidate", "previous"):
        (folder / f"{name}.json").write_text(json.dumps({**value, "metrics": metrics}))
    assert evaluate("candidate.json", "--baseline", "previous.json").code == 3
