from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.environment import moment
from imagelint.core.serving.scorecard import PREDICATE, SIGNALS, Bounds, ScorecardSettings
from imagelint.documents.image.attestations import Attestation
from imagelint.documents.image.image import ImageIdentity, ImageTarget
from imagelint.documents.image.jsonview import JsonView
from imagelint.policy.load import pack
from imagelint.run.scoring.gating import scorecard_in, scorecard_on

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.run.evaluating.gating import RequiredResult

DIGEST, MANIFEST, OTHER = (f"sha256:{digit * 64}" for digit in "abc")
IMAGE = ImageTarget(ImageIdentity("r.example.com/chat:v1", DIGEST, "chat", manifest=MANIFEST))


def signal(name: str, value: float | None, score: float | None = 1.0, **parts: object) -> Any:
    bounds = SIGNALS[name].bounds
    there = {"target": bounds.target, "breach": bounds.breach, "about": "serving"}
    return {"name": name, "title": name, "value": value, "score": score, **there, **parts}


NOTHING = ScorecardSettings()
GOOD = [signal(name, 0.0) for name in SIGNALS]


def card(signals: list[Any], **parts: Any) -> dict[str, Any]:
    measured = {"from": None, "to": moment(-60)}
    read = {"origin": "http://p:9090", "window": "the last 1 h", "measured": measured}
    head = {"schema": "imagelint.scorecard/1", "image": DIGEST, "fail_under": 0}
    return {**head, **read, "signals": signals, **parts}


def given(
    here: Path, signals: list[Any], settings: ScorecardSettings = NOTHING, **parts: Any
) -> RequiredResult:
    (here / "card.json").write_text(json.dumps(card(signals, **parts)), encoding="utf-8")
    policy = pack("recommended")._replace(scorecard=settings)
    return scorecard_in("card.json", (IMAGE,), policy)


def told(found: RequiredResult) -> list[str]:
    report = found.report
    return [one.rule for one in report.findings] + [one.detail for one in report.problems]


def test_each_signal_is_evidence(here: Path) -> None:
    for digest in (DIGEST, MANIFEST):
        found = given(here, GOOD, image=digest, read="2026-01-31T12:00:00Z")
        assert told(found) == []
        (mark,) = found.report.examined
        assert (mark.kind, mark.digest) == ("scorecard", digest)
        evidence = dict(found.evidence)
        assert evidence["scorecard"].startswith("card.json sha256:")
        assert evidence["scorecard"].endswith(", not signed")
        assert evidence["signal ttft-p99"] == "worth 1.00, 0, target 0.5, breach 2"
        assert evidence["scorecard read"] == "2026-01-31T12:00:00Z"
        assert evidence["scorecard measured"].startswith("until 20")
        assert "scorecard engine" not in evidence


def test_a_scorecard_of_another_image_fails_and_one_of_none_is_no_pass(here: Path) -> None:
    assert told(given(here, GOOD, image=OTHER)) == ["stale-evaluation"]
    (problem,) = told(given(here, GOOD, image=""))
    assert "names no image" in problem
    assert told(given(here, GOOD, image="chat:v1")) == ["`image` is no digest"]


def test_the_policy_of_the_gate_counts_and_not_that_of_the_maker(here: Path) -> None:
    lax = [signal("ttft-p99", 1.9, target=60, breach=90), *GOOD[1:]]
    assert told(given(here, lax)) == []
    for settings in (
        ScorecardSettings(fail_under=0.5),
        ScorecardSettings({"ttft-p99": Bounds(0.5, 1.0)}),
    ):
        assert told(given(here, lax, settings)) == ["breached-signal"]
    assert told(given(here, lax, fail_under=0.5)) == ["breached-signal"]


def test_what_the_policy_asks_for_and_is_not_there_is_no_pass(here: Path) -> None:
    (problem,) = told(given(here, GOOD[1:]))
    assert problem == "time to first token, p99: the scorecard does not have it"
    off = ScorecardSettings({"ttft-p99": Bounds(wanted=False)})
    assert told(given(here, GOOD[1:], off)) == []
    assert told(given(here, [signal("ttft-p99", 9, 0), *GOOD[1:]], off)) == []
    (problem,) = told(given(here, [signal("ttft-p99", None), *GOOD[1:]]))
    assert problem == "ttft-p99: could not tell: its value is not there"


def test_above_the_last_bucket_only_a_breach_can_be_told(here: Path) -> None:
    above = {"least": 1.0, "most": None, "why": "it lies above the last bucket"}
    found = given(here, [signal("ttft-p99", 1.0, None, **above), *GOOD[1:]])
    assert told(found) == ["ttft-p99: could not tell: it lies above the last bucket"]
    assert dict(found.evidence)["signal ttft-p99"].startswith("could not tell, at least 1, ")
    strict = ScorecardSettings({"ttft-p99": Bounds(0.5, 1.0)})
    found = given(here, [signal("ttft-p99", 1.0, None, **above), *GOOD[1:]], strict)
    assert told(found) == ["breached-signal"]


def test_quality_keeps_the_bounds_of_its_plan(here: Path) -> None:
    quality = {"name": "accuracy", "title": "accuracy", "about": "quality", "score": 0.4}
    assert told(given(here, [*GOOD, quality])) == []
    assert told(given(here, [*GOOD, quality], fail_under=0.5)) == ["breached-signal"]


@pytest.mark.parametrize("text", ["[", '{"schema": "imagelint.scorecard/2"}', "\xff"])
def test_what_is_no_scorecard_is_no_pass(here: Path, text: str) -> None:
    (here / "card.json").write_bytes(text.encode("latin-1"))
    for name in ("card.json", "none.json"):
        found = scorecard_in(name, (IMAGE,), pack("recommended"))
        assert len(found.report.problems) == 1
        assert (found.report.examined, found.evidence) == ((), ())


def period(hours: float, **parts: Any) -> dict[str, Any]:
    return {"measured": {"from": moment(-100 * 3600), "to": moment(int(-hours * 3600)), **parts}}


def test_a_scorecard_that_is_too_old_or_of_no_time_is_no_pass(here: Path) -> None:
    """What counts is when metrics tell of, not when they were read."""
    read = moment()
    assert told(given(here, GOOD, read=read, **period(23))) == []
    (problem,) = told(given(here, GOOD, read=read, **period(30)))
    assert problem == "was measured 30.0 hours ago, and may be 24 hours old"
    long = ScorecardSettings(max_age_hours=48)
    assert told(given(here, GOOD, long, **period(30))) == []
    assert told(given(here, GOOD, ScorecardSettings(max_age_hours=0), **period(0.5)))
    (problem,) = told(given(here, GOOD, **period(-2)))
    assert problem.startswith("says that it was measured in the future: 20")
    for times in ({}, {"to": None}, {"to": "yesterday"}, {"to": "2026-01-31T12:00:00"}):
        (problem,) = told(given(here, GOOD, read=read, measured=times))
        assert problem == "does not say when it was measured"


def test_a_scorecard_says_where_and_over_which_window(here: Path) -> None:
    for key, said in (("origin", "of which server"), ("window", "over which window")):
        (problem,) = told(given(here, GOOD, NOTHING, **{key: ""}))
        assert problem == f"does not say {said} it was measured"


def test_a_statement_in_a_file_is_about_the_image_of_its_scorecard(here: Path) -> None:
    for digest, said in ((DIGEST, []), (OTHER, ["`predicate.image` is not the one image"])):
        subject = [{"name": "chat", "digest": {"sha256": digest.partition(":")[2]}}]
        stated = {"predicateType": PREDICATE, "subject": subject, "predicate": card(GOOD)}
        (here / "card.json").write_text(json.dumps(stated), encoding="utf-8")
        found = scorecard_in("card.json", (IMAGE,), pack("recommended"))
        assert [one[: len(said[0])] for one in told(found)] == said


def attested(*cards: dict[str, Any]) -> RequiredResult:
    signed = [Attestation("canary", PREDICATE, JsonView(one)) for one in cards]
    other = Attestation("build", "https://slsa.dev/provenance/v1", JsonView({}))
    return scorecard_on((other, *signed), (IMAGE,), pack("recommended"))


def test_a_signed_scorecard_is_named_with_its_signer() -> None:
    found = attested(card(GOOD))
    assert told(found) == []
    name = dict(found.evidence)["scorecard"]
    assert name.startswith("signed by canary, predicate sha256:")
    (problem,) = told(attested())
    assert problem == "carries no scorecard that is signed by a signer of the policy"
    assert told(attested(card(GOOD, image=OTHER))) == ["stale-evaluation"]


def test_of_several_signed_ones_the_last_counts_whatever_it_says() -> None:
    young, old, passed = period(1), period(20), {"verdict": {"outcome": "pass"}}
    breach = [signal("ttft-p99", 9, 0), *GOOD[1:]]
    for cards, said in (
        ((card(GOOD, **old), card(breach, **young)), ["breached-signal"]),
        ((card(breach, **old), card(GOOD, **young)), []),
        ((card(GOOD, measured={}), card(breach, **old)), ["breached-signal"]),
        ((card(GOOD, **passed, **old), card(breach, **old)), ["breached-signal"]),
    ):
        for order in (cards, cards[::-1]):
            found = attested(*order)
            assert told(found) == said
            assert dict(found.evidence)["scorecard"].endswith(", the last of 2")
