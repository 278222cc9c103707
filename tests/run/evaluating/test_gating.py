from __future__ import annotations

import json
from math import inf
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.core.report import Outcome
from imagelint.core.source import Source
from imagelint.documents.evaluation.statement import (
    OURS,
    PREDICATE,
    STATEMENT,
    parse_statement,
    write_statement,
)
from imagelint.documents.image.attestations import Attestation
from imagelint.documents.image.image import ImageIdentity, ImageTarget
from imagelint.documents.image.jsonview import JsonView
from imagelint.policy.load import pack
from imagelint.run.evaluating.gating import RequiredResult, evaluation_in, evaluation_on

if TYPE_CHECKING:
    from pathlib import Path

NAME = "registry.example.com/llm/server"
DIGEST, MANIFEST, OTHER = (f"sha256:{digit * 64}" for digit in "abc")
INDEX = ImageTarget(ImageIdentity(f"{NAME}:v1", DIGEST, NAME, manifest=MANIFEST, config=OTHER))
GOOD = {"name": "accuracy", "metric": "m", "value": 0.9, "cases": 800, "threshold": 0.88}
BAD = {**GOOD, "value": 0.8}


NUMBERS = ("baseline", "difference", "low", "high", "pValue")


def predicate(result: str = "PASSED", dimension: object = GOOD) -> dict[str, Any]:
    return {"result": result, OURS: {"dimensions": [dimension]}}


def statement(digest: str, **parts: object) -> dict[str, Any]:
    subject = [{"name": NAME, "digest": {"sha256": digest.partition(":")[2]}}]
    head = {"_type": STATEMENT, "subject": subject, "predicateType": PREDICATE}
    return {**head, "predicate": predicate(), **parts}


def given(here: Path, value: object, *targets: ImageTarget) -> RequiredResult:
    (here / "s.json").write_text(value if isinstance(value, str) else json.dumps(value))
    return evaluation_in("s.json", targets or (INDEX,), pack("recommended"))


def rules(found: RequiredResult) -> list[str]:
    return [one.rule for one in found.report.findings]


def problems(found: RequiredResult) -> list[str]:
    return [one.detail for one in found.report.problems]


def attested(*contents: dict[str, Any]) -> RequiredResult:
    signed = [Attestation("build", PREDICATE, JsonView(one)) for one in contents]
    other = Attestation("build", "https://slsa.dev/provenance/v1", JsonView({}))
    return evaluation_on((other, *signed), (INDEX,), pack("recommended"))


def test_a_statement_about_the_image_is_named_with_its_dimensions(here: Path) -> None:
    for digest in (DIGEST, MANIFEST):
        found = given(here, statement(digest))
        assert (rules(found), problems(found)) == ([], [])
        evidence = dict(found.evidence)
        assert evidence["evaluation"].startswith("s.json sha256:")
        assert evidence["evaluation"].endswith(", not signed")
        assert evidence["dimension accuracy"].startswith("0.9, 800 cases")
        assert "digest" not in evidence
        assert [one.digest for one in found.report.examined] == [digest]


def test_one_about_another_image_is_refused(here: Path) -> None:
    found = given(here, statement(OTHER))
    assert rules(found) == ["stale-evaluation"]
    (finding,) = found.report.findings
    assert finding.message == f"image: {OTHER} was evaluated, {DIGEST} is used"
    assert finding.location.excerpt.lines


def test_of_several_platforms_one_speaks_for_none_of_the_others(here: Path) -> None:
    second = ImageTarget(INDEX.identity._replace(manifest=OTHER))
    assert rules(given(here, statement(MANIFEST), INDEX, second)) == ["stale-evaluation"]
    assert rules(given(here, statement(DIGEST), INDEX, second)) == []


def test_what_the_statement_says_is_judged(here: Path) -> None:
    found = given(here, statement(DIGEST, predicate=predicate("FAILED", BAD)))
    assert set(rules(found)) == {"failed-evaluation-run", "evaluation-below-threshold"}
    compared: dict[str, object] = {"answer": "cannot tell", **dict.fromkeys(NUMBERS, 0.0)}
    undecided = {**GOOD, "tolerance": 0.01, "comparison": compared}
    found = given(here, statement(DIGEST, predicate=predicate("PASSED", undecided)))
    assert problems(found) == ["accuracy: it could not be told whether it is worse than before"]


def compared(answer: str, low: float, **parts: object) -> dict[str, Any]:
    numbers = {**dict.fromkeys(NUMBERS, 0.0), "low": low}
    return {**GOOD, "tolerance": 0.03, "comparison": {"answer": answer, **numbers}, **parts}


def test_a_statement_in_which_nothing_was_evaluated_is_not_let_pass(here: Path) -> None:
    for dimensions in ([], [{**GOOD, "threshold": None}], None):
        content = {"result": "PASSED", OURS: {"dimensions": dimensions}}
        found = given(here, statement(DIGEST, predicate=content))
        assert "nothing was evaluated" in problems(found)[0]
        assert "nothing was evaluated" in problems(attested(content))[0]


@pytest.mark.parametrize(
    ("dimension", "said"),
    [
        (compared("clears", -0.05), "which its numbers contradict"),
        (compared("clears", -0.01, tolerance=None), "which its numbers contradict"),
        (compared("not compared", -0.05), "which its numbers contradict"),
        ({**GOOD, "value": 0.1, "threshold": "0.88"}, "is no number"),
        ({**GOOD, "threshold": True}, "is no number"),
        ({**GOOD, "value": 2.0, "higherIsBetter": "no"}, "is neither true nor false"),
        (compared("clears", -0.01, tolerance="0.5"), "is no number"),
        ({**GOOD, "comparison": "fails"}, "is none of"),
    ],
)
def test_a_statement_that_contradicts_itself_is_no_statement(
    here: Path, dimension: object, said: str
) -> None:
    found = given(here, statement(DIGEST, predicate=predicate("PASSED", dimension)))
    assert said in problems(found)[0]
    assert found.report.examined == ()


def test_a_statement_names_what_passed_as_its_dimensions_do(here: Path) -> None:
    for key, names, fits in (
        ("passedTests", ["accuracy"], True),
        ("failedTests", ["accuracy"], False),
        ("warnedTests", ["safety"], False),
        ("passedTests", ["accuracy", "safety"], False),
    ):
        found = given(here, statement(DIGEST, predicate={**predicate(), key: names}))
        said = f"`predicate.{key}` is not what its dimensions say"
        assert problems(found) == ([] if fits else [said])


def test_an_interval_without_ends_is_written_and_read(here: Path) -> None:
    told = compared("cannot tell", 0.0)
    told["comparison"] = {**told["comparison"], "low": None, "high": None}
    text = json.dumps(statement(DIGEST, predicate=predicate(dimension=told)))
    read = parse_statement(Source("s.json", text))
    (comparison,) = (one.comparison for one in read.results)
    assert comparison is not None
    assert (comparison.low, comparison.high) == (-inf, inf)
    text = write_statement(read, "chat", Outcome.INCOMPLETE, ())
    assert "Infinity" not in text
    (again,) = parse_statement(Source("s.json", text)).results
    assert again.comparison == comparison
    told["comparison"] = {**told["comparison"], "answer": "clears"}
    found = given(here, statement(DIGEST, predicate=predicate(dimension=told)))
    assert "which its numbers contradict" in problems(found)[0]


def test_what_clears_at_the_last_digit_clears(here: Path) -> None:
    for low in (-0.01, -0.03):
        dimension = compared("clears", low)
        assert (
            problems(given(here, statement(DIGEST, predicate=predicate(dimension=dimension)))) == []
        )


def test_a_statement_says_each_thing_once(here: Path) -> None:
    text = json.dumps(statement(DIGEST))
    twice = text.replace('"result": "PASSED"', '"result": "FAILED", "result": "PASSED"')
    for wrong in (twice, f"{text}\n---\n{text}\n"):
        assert problems(given(here, wrong)) == ["says one thing twice"]
    content = {"result": "PASSED", OURS: {"dimensions": [GOOD], "defects": "all"}}
    assert "is no list" in problems(given(here, statement(DIGEST, predicate=content)))[0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "is no statement with a test result"),
        ("\xff\xfe", "is no statement with a test result"),
        ({"predicateType": PREDICATE}, "is no statement with a test result"),
        (statement("sha256:abc"), "its subject is not one image"),
        (statement(DIGEST, predicate={**predicate(), OURS: {"dimensions": [{}]}}), "is no number"),
    ],
)
def test_what_is_no_statement_is_a_problem(here: Path, value: object, said: str) -> None:
    found = given(here, value)
    assert said in problems(found)[0]
    assert "imagelint evaluate --attest" in found.report.problems[0].help
    assert found.report.examined == ()


def test_a_file_that_is_not_there_is_a_problem(here: Path) -> None:
    found = evaluation_in("none.json", (INDEX,), pack("recommended"))
    assert len(problems(found)) == 1
    (here / "s.json").write_bytes(b"\x00\xff\x00")
    assert problems(evaluation_in("s.json", (INDEX,), pack("recommended")))


def test_a_signed_statement_is_named_with_its_signer() -> None:
    found = attested(predicate())
    assert (rules(found), problems(found)) == ([], [])
    assert dict(found.evidence)["evaluation"].startswith("signed by build, predicate sha256:")
    assert attested(predicate("FAILED")).report.findings[0].location.origin == "evaluation by build"


def test_of_several_signed_ones_one_that_passed_counts_and_the_others_are_told() -> None:
    found = attested(predicate("FAILED", BAD), predicate())
    assert rules(found) == []
    assert dict(found.evidence)["evaluation"].endswith(", one of 2, of which 1 passed")


def test_an_image_without_a_signed_one_is_not_let_pass() -> None:
    for found in (attested(), attested({"result": "PASSED"})):
        assert "carries no evaluation of imagelint that is signed" in problems(found)[0]
