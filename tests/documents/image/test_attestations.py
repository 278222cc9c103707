"""What statements say, and whether that is what a policy wants."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from imagelint.core.environment import AttestationDemand
from imagelint.core.serving.scorecard import PREDICATE as SCORECARD
from imagelint.documents.image.attestations import (
    PASSED,
    SVR,
    VSA,
    Attestation,
    outcome_of,
)
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.moments import days_since

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
DIGEST, OTHER = (f"sha256:{digit * 64}" for digit in "ab")
PROVENANCE = "https://slsa.dev/provenance/v1"
HOSTED, APP = "https://ci.test/builder/hosted", "git+https://git.test/app"
BUILT = {
    "buildDefinition": {"externalParameters": {"source": APP}},
    "runDetails": {
        "builder": {"id": HOSTED},
        "metadata": {"finishedOn": "2026-11-25T12:00:00Z"},
    },
}


def reason(demand: AttestationDemand, predicate: str, content: Any, signer: str = "build") -> str:
    """Why a demand is not met; empty when it is."""
    found = (Attestation(signer, predicate, JsonView(content), (DIGEST,)),)
    outcome = outcome_of(demand, found, NOW)
    assert outcome.met is not bool(outcome.reason)
    assert outcome.subject == demand.type
    return outcome.reason


def test_without_a_statement_of_the_kind_there_is_none() -> None:
    demand = AttestationDemand("sbom")
    assert reason(demand, PROVENANCE, BUILT) == "there is none that verifies"
    assert reason(demand, "https://cyclonedx.org/bom", {}) == ""
    assert reason(demand, "https://spdx.dev/Document", {}) == ""


@pytest.mark.parametrize(
    ("kind", "predicate"),
    [
        ("slsa-provenance", "https://slsa.dev/provenance/v99"),
        ("slsa-provenance", "https://slsa.dev/provenance/v1.5"),
        ("verdict", "https://slsa.dev/verification_summary/v2"),
        ("verdict", "https://in-toto.io/attestation/svr/v9"),
        ("evaluation", "https://in-toto.io/attestation/test-result/v9"),
        ("vulnerabilities", "https://in-toto.io/attestation/vulnsX"),
        ("sbom", "https://spdx.dev/DocumentX"),
    ],
)
def test_what_may_mean_something_else_is_not_read(kind: str, predicate: str) -> None:
    content = {"verificationResult": "PASSED", "result": "PASSED", "properties": [PASSED]}
    found = reason(AttestationDemand(kind), predicate, content)
    assert found == "there is none that verifies"


def test_bills_of_materials_are_of_any_version() -> None:
    for predicate in ("https://spdx.dev/Document/v2.3", "https://cyclonedx.org/bom/v1.6"):
        assert reason(AttestationDemand("sbom"), predicate, {}) == ""


def test_an_address_is_the_whole_predicate_type() -> None:
    demand = AttestationDemand("https://a.test/review/v1")
    assert reason(demand, "https://a.test/review/v1", {}) == ""
    assert reason(demand, "https://a.test/review/v12", {}) != ""


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"builder": HOSTED}, ""),
        ({"builder": "https://ci.test/builder/*"}, ""),
        ({"builder": "https://ci.test/builder"}, f"its builder is {HOSTED}, not "),
        ({"builder": "https://ci.test/*/hosted"}, "its builder is "),
        ({"source": APP}, ""),
        ({"source": "git+https://git.test/other"}, f"its source is {APP}, not "),
        ({"signed_by": ("build", "release")}, ""),
        ({"signed_by": ("release", "security")}, "it is to be signed by release or security"),
        ({"max_age_days": 1}, ""),
        ({"max_age_days": 0}, "it is 1 days old, and may be 0"),
    ],
)
def test_provenance_must_say_what_is_wanted(wanted: dict[str, Any], told: str) -> None:
    found = reason(AttestationDemand("slsa-provenance", **wanted), PROVENANCE, BUILT)
    assert (told in found) if told else found == ""


def test_what_went_into_a_build_is_not_its_source() -> None:
    content = {"buildDefinition": {"resolvedDependencies": [{"uri": APP}]}}
    found = reason(AttestationDemand("slsa-provenance", source=APP), PROVENANCE, content)
    assert "its source is not said" in found


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ({"builder": {"id": HOSTED}}, ""),
        ({"builder": {"id": "https://laptop.test"}}, "its builder is https://laptop.test, not "),
        ({"invocation": {"configSource": {"uri": "git+https://x.test"}}}, "its source is git+"),
    ],
)
def test_nothing_right_hides_what_is_wrong_beside_it(beside: dict[str, Any], told: str) -> None:
    demand = AttestationDemand("slsa-provenance", (), HOSTED, APP)
    found = reason(demand, PROVENANCE, {**BUILT, **beside})
    assert (told in found) if told else found == ""


def test_provenance_of_the_version_before_is_read() -> None:
    content = {
        "builder": {"id": HOSTED},
        "invocation": {"configSource": {"uri": APP}},
        "metadata": {"buildFinishedOn": "2026-11-26T11:59:00Z"},
    }
    demand = AttestationDemand("slsa-provenance", (), HOSTED, APP, max_age_days=1)
    assert reason(demand, "https://slsa.dev/provenance/v0.2", content) == ""


def test_a_verdict_must_say_that_the_gate_was_passed() -> None:
    demand = AttestationDemand("verdict", verifier="https://a.test/*")
    who = {"verifier": {"id": "https://a.test/gate"}}
    assert reason(demand, SVR, {**who, "properties": [PASSED]}) == ""
    assert "that the gate was passed" in reason(demand, SVR, {**who, "properties": []})
    assert reason(demand, VSA, {**who, "verificationResult": "PASSED"}) == ""
    assert "its result is FAILED" in reason(demand, VSA, {**who, "verificationResult": "FAILED"})
    assert "its verifier is not said" in reason(demand, SVR, {"properties": [PASSED]})


def test_an_evaluation_must_have_passed() -> None:
    demand, kind = (
        AttestationDemand("evaluation"),
        "https://in-toto.io/attestation/test-result/v0.1",
    )
    assert reason(demand, kind, {"result": "PASSED"}) == ""
    assert "its result is WARNED" in reason(demand, kind, {"result": "WARNED"})


def test_a_scorecard_must_have_passed_and_is_no_evaluation() -> None:
    demand = AttestationDemand("scorecard", max_age_days=7)
    measured = {"measured": {"to": "2026-11-20T12:00:00Z"}, "image": DIGEST}
    card = {"verdict": {"outcome": "pass"}, **measured}
    assert reason(demand, SCORECARD, card) == ""
    assert "does not say when" in reason(demand, SCORECARD, {**card, "measured": {"to": None}})
    failed = {**card, "verdict": {"outcome": "fail"}}
    assert "its outcome is fail" in reason(demand, SCORECARD, failed)
    assert reason(AttestationDemand("evaluation"), SCORECARD, card)
    assert f"measured of {OTHER}" in reason(demand, SCORECARD, {**card, "image": OTHER})
    assert "no image that it names" in reason(demand, SCORECARD, {**card, "image": None})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("2026-11-20T12:00:00Z", ""),
        ("2026-11-01T12:00:00+02:00", "it is 25 days old, and may be 7"),
        ("2026-12-01T12:00:00Z", "in the future"),
        ("2026-11-20T12:00:00", "does not say when"),
        ("yesterday", "does not say when"),
        ("", "does not say when"),
    ],
)
def test_a_report_may_be_too_old(said: str, told: str) -> None:
    demand = AttestationDemand("vulnerabilities", max_age_days=7)
    kind = "https://cosign.sigstore.dev/attestation/vuln/v1"
    found = reason(demand, kind, {"metadata": {"scanFinishedOn": said}})
    assert (told in found) if told else found == ""


@pytest.mark.parametrize("end", ["\u200b", "\n", " ", "/"])
def test_a_builder_that_only_looks_like_another_is_none(end: str) -> None:
    demand = AttestationDemand("slsa-provenance", builder=HOSTED)
    assert reason(demand, PROVENANCE, {"runDetails": {"builder": {"id": HOSTED + end}}})
    assert not reason(demand, PROVENANCE, {"runDetails": {"builder": {"id": HOSTED}}})


@pytest.mark.parametrize("end", ["../evil", "x/../../evil", "%2e%2e/evil", "..\\evil"])
def test_a_builder_that_leads_out_of_a_beginning_is_another(end: str) -> None:
    demand = AttestationDemand("slsa-provenance", builder="https://ci.test/builder/*")
    told = {"runDetails": {"builder": {"id": f"https://ci.test/builder/{end}"}}}
    assert "its builder is " in reason(demand, PROVENANCE, told)
    told = {"runDetails": {"builder": {"id": "https://ci.test/builder/v1..2"}}}
    assert reason(demand, PROVENANCE, told) == ""


def test_one_good_statement_of_several_is_enough() -> None:
    demand = AttestationDemand("slsa-provenance", builder=HOSTED)
    bad = Attestation("a", PROVENANCE, JsonView({}))
    good = Attestation("b", PROVENANCE, JsonView(BUILT))
    assert outcome_of(demand, (bad, good), NOW).met
    both = outcome_of(demand, (bad, bad._replace(signer="c")), NOW)
    assert both.reason.count("its builder is not said") == 2


def test_clocks_may_differ_a_little() -> None:
    assert days_since("2026-11-26T12:04:00Z", NOW) == 0
    assert (days_since("2026-11-26T12:06:00Z", NOW) or 0) < 0
