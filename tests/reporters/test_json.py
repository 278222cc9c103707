from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from jsonschema import Draft202012Validator

from imagelint.core.report import Examined, Outcome, Problem, ProblemKind, Report, Verdict
from imagelint.core.subject import About
from imagelint.reporters import load
from tests.reporters.samples import CONTEXT, LATEST, ROOT_USER, SAMPLE, rendered
from tests.reporters.strategies import verdicts

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)


def parsed(verdict: Verdict = SAMPLE) -> Any:
    return json.loads("".join(load("json")(verdict, CONTEXT)))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_sample_satisfies_the_schema() -> None:
    VALIDATOR.validate(parsed())


@settings(max_examples=100, deadline=None)
@given(verdict=verdicts)
def test_every_report_satisfies_the_schema(verdict: Verdict) -> None:
    VALIDATOR.validate(parsed(verdict))


def test_the_schema_knows_every_kind_of_problem() -> None:
    kinds = SCHEMA["$defs"]["problem"]["properties"]["kind"]["enum"]
    assert kinds == [kind.value for kind in ProblemKind]


def test_keys_are_sorted_at_every_depth() -> None:
    def check(pairs: list[tuple[str, object]]) -> None:
        names = [name for name, _ in pairs]
        assert names == sorted(names)

    json.loads(rendered(load("json")), object_pairs_hook=check)


def test_everything_of_the_verdict_is_there() -> None:
    report = parsed()
    assert report["verdict"] == {
        "outcome": "fail",
        "exit_code": 1,
        "reasons": ["6 findings at or above medium", "1 file could not be examined"],
    }
    assert report["counts"]["findings"] == {
        "critical": 2,
        "high": 2,
        "medium": 1,
        "low": 2,
        "info": 1,
    }
    lengths = {name: len(report[name]) for name in ("allowed", "problems", "examined", "ignored")}
    assert {name: report["counts"][name] for name in lengths} == lengths
    assert [entry["name"] for entry in report["evidence"]] == ["image", "trivy", "database"]


def test_what_starts_a_command_of_a_runner_is_escaped_and_stays_what_it_is() -> None:
    said = "###[error] \\##[group]"
    found = LATEST._replace(message=said)
    written = "".join(load("json")(Verdict(Outcome.FAIL, (), Report((found,))), CONTEXT))
    assert "##[" not in written
    assert json.loads(written)["findings"][0]["message"] == said


def test_a_finding_keeps_notes_and_fix() -> None:
    found = next(each for each in parsed()["findings"] if each["rule"] == "root-user")
    assert found["fix"]["edits"][0] == {
        "origin": "serving/Dockerfile",
        "start": 42,
        "end": 42,
        "text": "USER 10001\n",
    }
    assert found["notes"][0]["location"]["start"] == {"line": 4, "column": 1}
    assert found["notes"][1]["location"] is None
    assert found["location"]["excerpt"]["lines"] == ["FROM nvidia/cuda:12.4.1-devel-ubuntu22.04"]


def test_fingerprints_are_unique_where_findings_are_alike() -> None:
    prints = [each["fingerprint"] for each in parsed(_with(Report((ROOT_USER,) * 3)))["findings"]]
    assert len(set(prints)) == 3


def test_undescribed_rules_are_left_out_of_the_table() -> None:
    found = Report((LATEST, LATEST._replace(rule="undescribed")))
    assert list(parsed(_with(found))["rules"]) == ["unpinned-image"]


def test_a_crashed_rule_shows_in_the_exit_code() -> None:
    crashed = Report(problems=(Problem(ProblemKind.RULE_CRASHED, "x", "boom"),))
    assert parsed(_with(crashed))["verdict"]["exit_code"] == 4


def test_undecodable_names_survive() -> None:
    place = LATEST.location._replace(origin="a\udc80b")
    found = parsed(_with(Report((LATEST._replace(location=place),))))["findings"][0]
    assert found["location"]["origin"] == "a\udc80b"


def test_no_more_is_held_than_the_findings() -> None:
    found = Report((LATEST,) * 5_000)
    tracemalloc.start()
    size = sum(map(len, load("json")(_with(found), CONTEXT)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 2_500_000
    assert peak < size


def _with(report: Report) -> Verdict:
    return SAMPLE._replace(report=report)


def test_a_report_may_examine_under_one_name_a_file_and_an_image() -> None:
    twice = tuple(Examined("a", "image", about=about) for about in (About.IMAGE, About.FILE))
    assert len(parsed(_with(Report(examined=twice)))["examined"]) == 2
