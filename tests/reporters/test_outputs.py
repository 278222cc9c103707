from __future__ import annotations

import pytest

from imagelint.core.finding import Finding, Location, Severity
from imagelint.core.report import Evidence, Outcome, Report, Verdict
from imagelint.reporters import load, names
from imagelint.reporters.context import ReportContext

CONTEXT = ReportContext(False, 0, "1.0", "gate", lambda _name: None, "/")  # noqa: FBT003
DIGEST = "sha256:" + "0a" * 32


def said(verdict: Verdict) -> dict[str, str]:
    lines = "".join(load("outputs")(verdict, CONTEXT)).splitlines()
    return dict(line.split("=", 1) for line in lines)


def finding(severity: Severity) -> Finding:
    return Finding("root-user", severity, "bad\nverdict=pass", Location("a\nverdict=pass"))


@pytest.mark.parametrize("outcome", Outcome)
def test_the_verdict_and_the_counts(outcome: Outcome) -> None:
    severities = (Severity.LOW, Severity.HIGH, Severity.HIGH, Severity.CRITICAL)
    report = Report(tuple(finding(severity) for severity in severities))
    assert said(Verdict(outcome, ("reason\nverdict=pass",), report)) == {
        "verdict": outcome.value,
        "critical": "1",
        "high": "2",
        "medium": "0",
        "low": "1",
        "info": "0",
        "image-digest": "",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (DIGEST, DIGEST),
        ("", ""),
        (DIGEST.upper(), ""),
        (f"{DIGEST}\nverdict=pass", ""),
        ("sha256:0a", ""),
        ("sha512:" + "0a" * 32, ""),
    ],
)
def test_only_what_looks_like_a_digest_is_one(value: str, expected: str) -> None:
    evidence = Evidence((("image", "a:1"), ("digest", value)))
    verdict = Verdict(Outcome.FAIL, (), Report(), evidence)
    assert said(verdict)["image-digest"] == expected
    assert said(verdict)["verdict"] == "fail"


def test_every_format_can_be_loaded() -> None:
    for name in names():
        assert callable(load(name))
    with pytest.raises(KeyError):
        load("xml")
