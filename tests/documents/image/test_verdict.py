from __future__ import annotations

import json
from typing import Any

import pytest

from imagelint.core.environment import PushSettings
from imagelint.documents.image.attestations import PASSED, SVR
from imagelint.documents.image.verdict import GateVerdict, PushedImage, objections, parse_verdict

USUAL = PushSettings()
NOW = 1_800_000_000.0
MADE = "2027-01-15T07:00:00Z"  # an hour before
A, B, C = (f"sha256:{digit * 64}" for digit in "abc")
IMAGE = PushedImage(A, (A,))
ANOTHER = "the verdict was given under another policy than the one that holds here"
GOOD = GateVerdict((A,), passed=True, made=MADE, policies=(C,), manifests=())


def statement(**changes: Any) -> dict[str, Any]:
    policy = {"uri": "p", "digest": {"sha256": "c" * 64}}
    evidence = [
        {"name": "image for linux/arm64", "value": B},
        {"name": "policy", "value": "sha256:0"},
    ]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "x", "digest": {"sha256": "a" * 64}}],
        "predicateType": SVR,
        "predicate": {
            "verifier": {"id": "x", "policies": [policy]},
            "timeCreated": MADE,
            "properties": [PASSED],
            "imagelint": {"outcome": "pass", "evidence": evidence},
        },
        **changes,
    }


def told(
    verdict: GateVerdict, image: PushedImage = IMAGE, settings: PushSettings = USUAL
) -> list[str]:
    return list(objections(verdict, image, (C,), settings, NOW))


def test_a_statement_is_read() -> None:
    found = parse_verdict(json.dumps(statement()))
    assert found == GOOD._replace(manifests=(B,), names=("p",))


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", json.dumps(statement(_type="x")), json.dumps(statement(predicateType="x"))],
)
def test_what_is_no_verdict_is_told(text: str) -> None:
    assert isinstance(parse_verdict(text), str)


@pytest.mark.parametrize("part", [("properties", []), ("imagelint", {"outcome": "fail"})])
def test_a_pass_must_be_said_in_both_places(part: tuple[str, object]) -> None:
    predicate = {**statement()["predicate"], part[0]: part[1]}
    found = parse_verdict(json.dumps(statement(predicate=predicate)))
    assert isinstance(found, GateVerdict)
    assert told(found) == ["the verdict is not that the gate was passed"]


def test_nothing_is_said_against_a_good_verdict() -> None:
    assert told(GOOD) == []
    assert told(GOOD._replace(manifests=(B,)), PushedImage(A, (B,))) == []


def test_all_that_is_wrong_is_told() -> None:
    wrong = GOOD._replace(digests=(B,), passed=False, policies=())
    assert told(wrong) == [
        f"the verdict is about {B}, not {A}",
        "the verdict is not that the gate was passed",
        f"the gate did not look at {A}, which is part of the image",
        f"{ANOTHER}: none that it names",
    ]
    assert told(wrong._replace(digests=()))[0] == f"the verdict is about nothing, not {A}"


@pytest.mark.parametrize(
    ("made", "settings", "said"),
    [
        ("2027-01-14T09:00:00Z", PushSettings(), ""),
        ("2027-01-14T07:00:00Z", PushSettings(), "the verdict is 25.0 hours old, and may be 24"),
        ("2027-01-14T07:00:00Z", PushSettings(25), ""),
        (MADE, PushSettings(0), "the verdict is 1.0 hours old, and may be 0"),
        ("2027-01-15T09:00:00Z", PushSettings(), "given in the future"),
        ("2027-01-15T07:00:00", PushSettings(), "does not say when"),
    ],
)
def test_a_verdict_is_as_old_as_a_policy_lets_it_be(
    made: str, settings: PushSettings, said: str
) -> None:
    reasons = told(GOOD._replace(made=made), settings=settings)
    assert [said in reason for reason in reasons] == ([True] if said else [])


@pytest.mark.parametrize(("hours", "counts"), [(None, False), (0, False), (1, True), (2, True)])
def test_another_policy_counts_for_a_while(hours: int | None, *, counts: bool) -> None:
    reasons = told(GOOD._replace(policies=(B,)), settings=PushSettings(None, hours))
    assert (reasons == []) is counts
    fresh = GOOD._replace(policies=(B,), made="2027-01-15T08:00:00Z")
    assert (told(fresh, settings=PushSettings(None, hours)) == []) is counts
