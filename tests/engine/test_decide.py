from __future__ import annotations

import pytest

from imagelint.core.finding import Severity
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Evidence,
    Examined,
    ExitCode,
    Outcome,
    Problem,
    ProblemKind,
    Report,
)
from imagelint.engine.decide import AllowedLimit, Bounds, Expected, count, decide
from tests.engine.findings import finding

FILE = Report(examined=(Examined("Dockerfile", "dockerfile"),))
HIGH = Severity.HIGH


def found(*severities: Severity) -> Report:
    return Report(tuple(finding(severity=severity) for severity in severities)) + FILE


def troubled(*origins: str, kind: ProblemKind = ProblemKind.UNPARSABLE) -> Report:
    return Report(problems=tuple(Problem(kind, origin, "broken") for origin in origins))


def test_all_examined_and_nothing_found_passes() -> None:
    verdict = decide(FILE, HIGH)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.PASS, ExitCode.PASS)
    assert verdict.reasons == ("1 document examined, no findings",)
    assert verdict.report == FILE


def test_findings_below_the_bound_pass() -> None:
    report = found(Severity.MEDIUM, Severity.LOW)
    report += Report(allowed=(Allowed(finding(), AllowanceKind.WAIVER, "x"),))
    verdict = decide(report, HIGH)
    assert verdict.outcome is Outcome.PASS
    assert verdict.reasons == ("1 document examined, 2 findings below high, 1 allowed",)


@pytest.mark.parametrize("bound", Severity)
def test_a_finding_at_the_bound_fails(bound: Severity) -> None:
    verdict = decide(found(bound), bound)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.FAIL, ExitCode.FAIL)


def test_the_reason_counts_by_severity_from_the_worst() -> None:
    report = found(HIGH, Severity.CRITICAL, HIGH, Severity.LOW)
    reasons = decide(report, HIGH).reasons
    assert reasons == ("3 findings at high or above: 1 critical, 2 high",)
    assert decide(report, Severity.CRITICAL).reasons == ("1 finding at critical: 1 critical",)


def allowed(number: int) -> Report:
    return FILE + Report(allowed=(Allowed(finding(), AllowanceKind.INLINE, "x"),) * number)


def test_as_many_as_may_be_allowed_pass() -> None:
    verdict = decide(allowed(2), HIGH, bounds=Bounds(limits=(AllowedLimit(2, 2, "a.yaml:3"),)))
    assert verdict.outcome is Outcome.PASS
    assert verdict.reasons == ("1 document examined, no findings, 2 allowed of at most 2",)


def test_more_than_may_be_allowed_fail() -> None:
    limits = (AllowedLimit(1, 0, "a.yaml:3"), AllowedLimit(2, 1), AllowedLimit(2, 2))
    verdict = decide(allowed(2), HIGH, bounds=Bounds(limits=limits))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reasons == (
        "1 allowed finding, at most 0 may be (a.yaml:3)",
        "2 allowed findings, at most 1 may be",
    )


def test_nothing_examined_is_not_a_pass() -> None:
    verdict = decide(Report(), HIGH)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.INCOMPLETE, ExitCode.INCOMPLETE)
    assert verdict.reasons == ("no file was examined",)


def test_could_not_tell_is_not_a_pass() -> None:
    verdict = decide(FILE + troubled("a.yaml", "b.yaml"), HIGH)
    assert verdict.outcome is Outcome.INCOMPLETE
    assert verdict.reasons == ("2 problems (unparsable): a.yaml and 1 more",)


def test_each_kind_of_problem_is_one_reason() -> None:
    report = FILE + troubled("a") + troubled("b", kind=ProblemKind.TIMED_OUT)
    assert decide(report, HIGH).reasons == (
        "1 problem (unparsable): a",
        "1 problem (timed-out): b",
    )


def test_a_violation_fails_even_where_something_could_not_be_told() -> None:
    verdict = decide(
        found(HIGH) + troubled("a"), HIGH, (Expected(), Expected("image", kind="signatures"))
    )
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reasons == (
        "1 finding at high or above: 1 high",
        "no image was examined",
        "1 problem (unparsable): a",
    )


def test_each_thing_that_was_asked_for_must_have_been_examined() -> None:
    asked = (Expected("vulnerability report", kind="vulnerabilities"), Expected())
    assert decide(FILE, HIGH, asked).reasons == ("no vulnerability report was examined",)
    scanned = FILE + Report(examined=(Examined("image", "vulnerabilities"),))
    assert decide(scanned, HIGH, asked).outcome is Outcome.PASS


def test_a_rule_that_crashed_is_a_defect() -> None:
    verdict = decide(FILE + troubled("a", kind=ProblemKind.RULE_CRASHED), HIGH)
    assert verdict.outcome is Outcome.INCOMPLETE
    assert verdict.exit_code is ExitCode.DEFECT


def test_the_verdict_rests_on_its_evidence() -> None:
    evidence = Evidence((("policy", "abc"),))
    assert decide(FILE, HIGH, evidence=evidence).evidence == evidence


def test_numbers_have_their_nouns() -> None:
    assert [count(number, "file") for number in (0, 1, 1234)] == [
        "0 files",
        "1 file",
        "1,234 files",
    ]
