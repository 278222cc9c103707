from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.core.serving.scorecard import SIGNALS, Bounds, ScorecardSettings
from imagelint.documents.image.image import ImageIdentity, ImageTarget
from imagelint.policy.load import pack
from imagelint.run.scoring.gating import scorecard_in

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


def given(
    here: Path, signals: list[Any], settings: ScorecardSettings = NOTHING, **parts: Any
) -> RequiredResult:
    card = {"schema": "imagelint.scorecard/1", "image": DIGEST, "fail_under": 0, **parts}
    (here / "card.json").write_text(json.dumps({**card, "signals": signals}), encoding="utf-8")
    policy = pack("recommended")._replace(scorecard=settings)
    return scorecard_in("card.json", (IMAGE,), policy)


def told(found: RequiredResult) -> list[str]:
    report = found.report
    return [one.rule for one in report.findings] + [one.detail for one in report.problems]


def test_each_signal_is_evidence(here: Path) -> None:
    for digest in (DIGEST, MANIFEST):
        found = given(here, GOOD, image=digest, origin="http://p:9090", read="2026-01-31T12:00:00Z")
        assert told(found) == []
        (mark,) = found.report.examined
        assert (mark.kind, mark.digest) == ("scorecard", digest)
        evidence = dict(found.evidence)
        assert evidence["scorecard"].startswith("card.json sha256:")
        assert evidence["scorecard"].endswith(", not signed")
        assert evidence["signal ttft-p99"] == "worth 1.00, 0, target 0.5, breach 2"
        assert evidence["scorecard read"] == "2026-01-31T12:00:00Z"
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
