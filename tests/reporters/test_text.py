from __future__ import annotations

import pytest

from imagelint.core.finding import Excerpt, Location, Severity
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Outcome,
    Problem,
    ProblemKind,
    Report,
    Verdict,
)
from imagelint.core.source import Position, Span
from imagelint.reporters import load
from imagelint.reporters.block import first_sentence
from imagelint.reporters.context import ReportContext, unknown_rule
from tests.reporters.samples import CONTEXT, LATEST, ROOT_USER, SAMPLE, rendered, vulnerability


def text(report: Report, context: ReportContext = CONTEXT) -> str:
    return "".join(load("text")(Verdict(Outcome.FAIL, (), report), context))


def test_why_is_said_once_for_a_rule() -> None:
    other = ROOT_USER._replace(location=LATEST.location)
    assert text(Report((ROOT_USER, other))).count("= why:") == 1


def test_two_runs_explain_alike() -> None:
    assert rendered(load("text")) == rendered(load("text"))


def test_a_rule_without_description_has_no_why() -> None:
    assert "= why:" not in text(Report((ROOT_USER,)), CONTEXT._replace(describe=unknown_rule))


def test_one_vulnerability_is_no_table() -> None:
    shown = text(Report((vulnerability(1, Severity.HIGH, "openssl"),)))
    assert shown.startswith("high[vulnerable-package]: CVE-2026-0001: overflow in openssl")
    assert " (openssl)\n   = help: upgrade to 9.9\n" in shown


def test_vulnerabilities_of_one_package() -> None:
    shown = text(Report(tuple(vulnerability(number, Severity.LOW, "openssl") for number in (2, 1))))
    assert shown.startswith("low[vulnerable-package]: 2 findings\n")
    assert shown.index("CVE-2026-0001") < shown.index("CVE-2026-0002")


def test_packages_with_the_worst_first() -> None:
    found = (
        vulnerability(1, Severity.LOW, "aaa"),
        vulnerability(2, Severity.CRITICAL, "zzz"),
    )
    shown = text(Report(found))
    assert shown.index("| zzz") < shown.index("| aaa")


def test_line_numbers_of_different_width_are_aligned() -> None:
    place = Location("x", Span(0, 1), Position(99, 1), Position(100, 2), Excerpt(99, ("a", "b")))
    shown = text(Report((LATEST._replace(location=place),)))
    assert "\n  99 | / a\n 100 | | b\n     | |_^\n" in shown


def test_allowed_by_baseline_is_counted_but_not_listed() -> None:
    shown = text(Report(allowed=(Allowed(LATEST, AllowanceKind.BASELINE, ""),)))
    assert "allowed  1 finding (1 baseline)\nexamined" in shown


def test_reasons_are_listed_to_a_limit() -> None:
    allowed = tuple(
        Allowed(LATEST, AllowanceKind.INLINE, f"reason {number}") for number in range(25)
    )
    shown = text(Report(allowed=allowed))
    assert shown.count("= note: allowed") == 20
    assert "= note: and 5 more reasons" in shown


def test_a_problem_without_origin() -> None:
    shown = text(Report(problems=(Problem(ProblemKind.NOTHING_EXAMINED, "", "nothing"),)))
    assert shown.startswith("problem[nothing-examined]: nothing\n\nexamined 0 documents\n")


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("One. Two.", "One."),
        ("One,\n  over lines. Two.", "One, over lines."),
        ("See e.g. this. `Two`.", "See e.g. this."),
        ("Version 1.2 of it! Two", "Version 1.2 of it!"),
        ("No end\n\nOther.", "No end"),
        ("", ""),
    ],
)
def test_first_sentence(why: str, sentence: str) -> None:
    assert first_sentence(why) == sentence


def test_the_last_words_are_the_verdict() -> None:
    assert rendered(load("text")).endswith(
        "verdict  fail\n"
        "         - 6 findings at or above medium\n"
        "         - 1 file could not be examined\n"
    )


def test_many_findings_come_in_chunks() -> None:
    found = tuple(LATEST._replace(message=f"number {number}") for number in range(20_000))
    chunks = load("text")(SAMPLE._replace(report=Report(found)), CONTEXT)
    sizes = [len(chunk) for chunk in chunks]
    assert len(sizes) == 20_001
    assert max(sizes) < 1_000
