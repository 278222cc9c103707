"""The published schemas and the readers say the same of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.formats import read
from imagelint.documents.evaluation.plan import DIMENSION_KEYS, KEYS, parse_plan

ROOT = Path(__file__).parents[3]
HASH = "0" * 64
FORMAT = "imagelint.dev/evaluation-results/v1"


def schema(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(value)
    return value


PLAN, RESULTS = schema("evaluation-plan"), schema("evaluation-results")


def agrees(document: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return jsonschema.Draft202012Validator(wanted).is_valid(document)


def parses(plan: dict[str, Any]) -> bool:
    try:
        parse_plan(Source("imagelint-eval.yaml", json.dumps(plan)))
    except DocumentError:
        return False
    return True


def reads(name: str, text: str) -> bool:
    try:
        read(name, iter([text.encode()]))
    except DocumentError:
        return False
    return True


def test_the_plan_has_the_same_keys() -> None:
    for path, keys in KEYS.items():
        place = PLAN
        for key in path.split(".") if path else ():
            place = place["properties"][key]
        assert tuple(place["properties"]) == keys
        assert place["additionalProperties"] is False
    assert tuple(PLAN["$defs"]["dimension"]["properties"]) == DIMENSION_KEYS


WHOLE: dict[str, Any] = {
    "image": f"chat@sha256:{HASH}",
    "model": {"name": "a/b", "revision": "1", "quantization": "fp8"},
    "engine": {"name": "vllm", "version": "0.11.0"},
    "serving": {"max-model-len": 32768, "enforce-eager": True},
    "dataset": {"name": "q", "sha256": HASH, "revision": "r1", "path": "q.jsonl"},
    "judge": {
        "model": "j",
        "version": "1",
        "calibration": {
            "date": "2026-06-01",
            "n": 200,
            "agreement": 0.9,
            "kappa": -0.1,
            "matrix": {
                "true-positives": 1,
                "false-positives": 2,
                "false-negatives": 3,
                "true-negatives": 4,
            },
        },
    },
    "level": 0.1,
    "dimensions": {
        "a": {
            "metric": "acc",
            "direction": "higher",
            "threshold": 0.9,
            "tolerance": 0,
            "minimum-n": 50,
            "scale": "fraction",
            "judge": True,
        },
        "b": {"direction": "lower", "threshold": 3.5, "scale": "any"},
        "c": {"threshold": 90, "scale": "percent"},
    },
}


def test_a_whole_plan_and_the_least_one_are_taken_by_both() -> None:
    least: tuple[dict[str, Any], ...] = ({"dimensions": {}}, {"dimensions": {"a": {}}})
    for plan in (WHOLE, *least):
        assert (agrees(plan, PLAN), parses(plan)) == (True, True)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("dimensions", None),
        ("dimensions", []),
        ("dimensions.a", None),
        ("dimensions.a", 0.9),
        ("dimensions.a.thresold", 0.9),
        ("dimensions.a.threshold", 90),
        ("dimensions.a.threshold", -0.1),
        ("dimensions.a.threshold", "high"),
        ("dimensions.a.tolerance", 2),
        ("dimensions.a.tolerance", -1),
        ("dimensions.a.direction", "up"),
        ("dimensions.a.scale", "per mille"),
        ("dimensions.a.minimum-n", 0),
        ("dimensions.a.judge", "maybe"),
        ("dimensions.a.metric", ["acc"]),
        ("dimensions.c.threshold", 101),
        ("level", 0),
        ("level", 0.6),
        ("level", "often"),
        ("image", ["a"]),
        ("images", "a"),
        ("model", "a/b"),
        ("model.name", {}),
        ("model.revison", "1"),
        ("serving", []),
        ("serving.max-model-len", {"a": 1}),
        ("dataset.sha256", "abc"),
        ("judge.calibration.n", -1),
        ("judge.calibration.agreement", 1.5),
        ("judge.calibration.kappa", -2),
        ("judge.calibration.matrix", [1, 2, 3, 4]),
        ("judge.calibration.matrix.true-positives", "many"),
        ("judge.calibration.matrix.tp", 1),
    ],
)
def test_what_is_wrong_in_a_plan_is_refused_by_both(path: str, value: object) -> None:
    plan: dict[str, Any] = json.loads(json.dumps(WHOLE))
    *above, last = path.split(".")
    place = plan
    for key in above:
        place = place[key]
    place[last] = value
    assert (agrees(plan, PLAN), parses(plan)) == (False, False)


SAMPLE: dict[str, Any] = {
    "id": "a",
    "cluster": "p",
    "scores": {"acc": 1, "ok": True, "f": None},
    "labels": {"acc": 0},
}
HEAD: dict[str, Any] = {
    "format": FORMAT,
    "created": "2026-06-01T00:00:00Z",
    "image": f"sha256:{HASH}",
    "engine": "0.11.0",
    "model": {"name": "a", "revision": "b", "quantization": "c"},
    "dataset": {"sha256": HASH},
    "judges": ["j"],
    "errors": 0,
}


def test_whole_results_are_taken_by_both() -> None:
    metrics = {"acc": {"value": 0.9, "n": 800, "stderr": 0.01}}
    for rest in ({"samples": [SAMPLE]}, {"metrics": metrics}):
        value = {**HEAD, **rest}
        assert (agrees(value, RESULTS), reads("r.json", json.dumps(value))) == (True, True)
    lines = f"{json.dumps(HEAD)}\n{json.dumps(SAMPLE)}\n"
    one = {"$ref": "#/$defs/sample", "$defs": RESULTS["$defs"]}
    assert (agrees(SAMPLE, one), reads("r.jsonl", lines)) == (True, True)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "imagelint.dev/evaluation-results/v0", "samples": []},
        {"metrics": {"acc": {"n": 800}}},
        {"metrics": {"acc": {"value": "0.9"}}},
        {"samples": [{"scores": {"acc": 1}}]},
        {"samples": [{"id": "", "scores": {"acc": 1}}]},
        {"samples": [{"id": "a"}]},
        {"samples": [{"id": "a", "scores": {"acc": "1"}}]},
    ],
)
def test_what_is_wrong_in_results_is_refused_by_both(change: dict[str, Any]) -> None:
    value = {**HEAD, **change}
    assert (agrees(value, RESULTS), reads("r.json", json.dumps(value))) == (False, False)


def test_the_page_shows_a_plan_and_results_that_are_read() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text()
    plan = page.partition("```yaml\n# imagelint-eval.yaml\n")[2].partition("```")[0]
    assert parse_plan(Source("p", plan.replace("01845273…", HASH))).dimensions
    lines = page.partition(f'```json\n{{"format": "{FORMAT}"')[2].partition("```")[0]
    assert reads("r.jsonl", f'{{"format": "{FORMAT}"{lines}')
