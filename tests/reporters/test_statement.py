"""Verdicts as in-toto statements."""

from __future__ import annotations

import json

import pytest

from imagelint.core.report import Evidence, Outcome, Report, Verdict
from imagelint.reporters.statement import statement, verification_summary

DIGEST = "0a" * 32
ENTRIES = (
    ("image", f"registry.example.com/llm@sha256:{DIGEST}"),
    ("digest", f"sha256:{DIGEST}"),
    ("trivy", "0.76.0"),
    ("policy", "payments (84 rules on) sha256:0b0b"),
    ("trusted policy", "organisation sha256:0c0c"),
    ("waived root-user", "needs port 80 (until 2027-01-31)"),
)
MOMENT = "2026-11-26T12:00:00Z"


def verdict(outcome: Outcome, entries: tuple[tuple[str, str], ...] = ENTRIES) -> Verdict:
    return Verdict(outcome, ("no findings",), Report(), Evidence(entries))


def test_a_pass_names_its_evidence() -> None:
    text = statement(verdict(Outcome.PASS), "1.0.0", MOMENT)
    assert text is not None
    written = json.loads(text)
    assert written["_type"] == "https://in-toto.io/Statement/v1"
    assert written["predicateType"] == "https://in-toto.io/attestation/svr/v0.2"
    assert written["subject"] == [
        {"name": "registry.example.com/llm", "digest": {"sha256": DIGEST}}
    ]
    predicate = written["predicate"]
    assert predicate["verifier"] == {
        "id": "pkg:pypi/imagelint@1.0.0",
        "policies": [
            {"uri": "payments", "digest": {"sha256": "0b0b"}},
            {"uri": "organisation", "digest": {"sha256": "0c0c"}},
        ],
    }
    assert predicate["timeCreated"] == MOMENT
    assert predicate["properties"] == ["IMAGELINT_GATE_PASSED"]
    assert predicate["imagelint"]["reasons"] == ["no findings"]
    told = [(one["name"], one["value"]) for one in predicate["imagelint"]["evidence"]]
    assert tuple(told) == ENTRIES


def test_only_a_pass_has_the_property() -> None:
    for outcome in (Outcome.FAIL, Outcome.INCOMPLETE):
        text = statement(verdict(outcome), "1.0.0", MOMENT)
        assert text is not None
        predicate = json.loads(text)["predicate"]
        assert predicate["properties"] == []
        assert predicate["imagelint"]["outcome"] == outcome.value


def test_without_a_digest_there_is_no_statement() -> None:
    assert statement(verdict(Outcome.INCOMPLETE, ()), "1.0.0", MOMENT) is None


@pytest.mark.parametrize(
    ("image", "resource"),
    [
        (
            "registry.example.com/llm/server:2.1@sha256:0a",
            "pkg:oci/server@sha256:{}?repository_url=registry.example.com/llm/server",
        ),
        ("oci:build/image:v1", "pkg:oci/image@sha256:{}"),
        ("image.tar", "pkg:oci/image@sha256:{}"),
    ],
)
def test_a_summary_names_the_image_by_its_url(image: str, resource: str) -> None:
    entries = (("image", image), *ENTRIES[1:])
    text = verification_summary(verdict(Outcome.PASS, entries), MOMENT, "https://a", ("A_1",))
    assert text is not None
    assert json.loads(text)["predicate"]["resourceUri"] == resource.format(DIGEST)


def test_a_summary_is_about_an_image() -> None:
    assert verification_summary(verdict(Outcome.PASS, ()), MOMENT, "https://a", ("A_1",)) is None
