from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.errors import Diagnostic, ImagelintError, PolicyError, UsageError
from imagelint.core.fact import ABSENT, UNKNOWN, Known, value_or
from imagelint.core.finding import Finding, Location, Severity
from imagelint.core.report import (
    Examined,
    ExitCode,
    Ignored,
    IgnoreReason,
    Outcome,
    Problem,
    ProblemKind,
    Report,
    Verdict,
)

FINDINGS = st.builds(
    Finding,
    st.text(max_size=3),
    st.sampled_from(Severity),
    st.text(max_size=3),
    st.builds(Location, st.text(max_size=3)),
)
REPORTS = st.builds(
    Report,
    st.lists(FINDINGS, max_size=2).map(tuple),
    problems=st.lists(
        st.builds(Problem, st.sampled_from(ProblemKind), st.text(max_size=3), st.text(max_size=3)),
        max_size=2,
    ).map(tuple),
    examined=st.lists(
        st.builds(Examined, st.text(max_size=3), st.text(max_size=3)), max_size=2
    ).map(tuple),
    ignored=st.lists(
        st.builds(Ignored, st.text(max_size=3), st.sampled_from(IgnoreReason)), max_size=2
    ).map(tuple),
)


@given(REPORTS, REPORTS, REPORTS)
def test_reports_are_a_monoid(a: Report, b: Report, c: Report) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + Report() == a == Report() + a


@given(REPORTS, REPORTS)
def test_nothing_is_lost(a: Report, b: Report) -> None:
    for left, right, both in zip(a, b, a + b, strict=True):
        assert both == left + right


def test_a_report_adds_only_to_reports() -> None:
    with pytest.raises(TypeError):
        Report() + 1


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.PASS, ExitCode.PASS),
        (Outcome.FAIL, ExitCode.FAIL),
        (Outcome.INCOMPLETE, ExitCode.INCOMPLETE),
    ],
)
def test_the_code_is_that_of_the_outcome_unless_we_crashed(
    outcome: Outcome, code: ExitCode
) -> None:
    assert Verdict(outcome, (), Report()).exit_code is code
    other = Problem(ProblemKind.TOOL_FAILED, "a", "b")
    assert Verdict(outcome, (), Report(problems=(other,))).exit_code is code
    crash = Problem(ProblemKind.RULE_CRASHED, "a", "b")
    assert Verdict(outcome, (), Report(problems=(other, crash))).exit_code is ExitCode.DEFECT


def test_severities_are_named_and_ordered() -> None:
    assert [str(severity) for severity in sorted(Severity)] == [
        "info",
        "low",
        "medium",
        "high",
        "critical",
    ]
    for severity in Severity:
        assert Severity.named(str(severity)) is severity
    with pytest.raises(KeyError):
        Severity.named("severe")


def test_all_complaints_are_said_at_once() -> None:
    error = PolicyError(Diagnostic("one", "a:1:1"), Diagnostic("two"))
    assert str(error) == "one; two"
    assert len(error.complaints) == 2
    assert issubclass(UsageError, ImagelintError)


def test_a_fact_has_a_value_only_when_it_is_known() -> None:
    assert value_or(Known(0), 1) == 0
    assert value_or(ABSENT, 1) == 1
    assert value_or(UNKNOWN, 1) == 1
