from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from imagelint.core.finding import Severity
from imagelint.core.report import Evidence, Outcome, Problem, ProblemKind, Report, Verdict
from imagelint.reporters import load
from imagelint.reporters.summary import escaped, marked, summarize
from tests.reporters.samples import CONTEXT, IMAGE, LATEST, SAMPLE
from tests.reporters.strategies import texts

if TYPE_CHECKING:
    from imagelint.reporters.context import RuleText


def summary(report: Report, evidence: Evidence | None = None) -> str:
    return "".join(
        load("summary")(Verdict(Outcome.FAIL, (), report, evidence or Evidence()), CONTEXT)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words, 1.5", "plain words, 1.5"),
        ("<script>", "&#60;script&#62;"),
        ("a|b", "a&#124;b"),
        ("`x` *y* _z_", "&#96;x&#96; &#42;y&#42; &#95;z&#95;"),
        ("[x](y)", "&#91;x&#93;&#40;y&#41;"),
        ("&lt;", "&#38;lt;"),
        ("http://x www.x @me :tada:", "http&#58;//x www&#46;x &#64;me &#58;tada&#58;"),
        ("- x", "&#45; x"),
        ("1. x", "1&#46; x"),
        ("a\nb", "a&#92;nb"),
        ("\x1b", "&#92;x1b"),
        ("x" * 500, "x" * 300 + "…"),
    ],
)
def test_escaped(text: str, expected: str) -> None:
    assert escaped(text) == expected


def test_names_between_backticks_are_code() -> None:
    assert marked("`a` and `<b>`: `") == ("<code>a</code> and <code>&#60;b&#62;</code>&#58; &#96;")


@settings(max_examples=100, deadline=None)
@given(text=texts)
def test_nothing_breaks_out_of_a_cell(text: str) -> None:
    assert not set("\n\r|<>`[]\x1b") & set(escaped(text))
    inside = marked(text).replace("<code>", "").replace("</code>", "")
    assert not set("\n\r|<>`[]\x1b") & set(inside)


def test_the_worst_first() -> None:
    found = Report((LATEST._replace(severity=Severity.LOW, message="later"), LATEST))
    text = summary(found)
    assert text.index("another image tomorrow") < text.index("later")


def test_digests_are_shortened_in_the_table_but_whole_in_the_evidence() -> None:
    text = "".join(load("summary")(SAMPLE, CONTEXT))
    assert "| registry.example.com/llm/server&#58;2.1&#64;sha256&#58;abababababab… |" in text
    assert f"sha256&#58;{'ab' * 32} |" in text


def test_a_rule_without_a_page_has_no_link() -> None:
    assert "| undescribed |" in summary(Report((LATEST._replace(rule="undescribed"),)))


def test_an_address_that_would_break_the_table_is_no_link() -> None:
    def describe(name: str) -> RuleText | None:
        text = CONTEXT.describe(name)
        return text and text._replace(url="https://x/a) | [b](c")

    verdict = Verdict(Outcome.FAIL, (), Report((LATEST,)))
    text = "".join(load("summary")(verdict, CONTEXT._replace(describe=describe)))
    assert "| unpinned-image |" in text


def test_no_tables_without_rows() -> None:
    assert "|" not in summary(Report())


def test_a_hundred_thousand_findings_fit() -> None:
    text = summary(Report((LATEST,) * 100_000))
    assert 50_000 < len(text.encode()) < 65_536
    shown = text.count("\n| critical |")
    assert text.endswith(f"\n…and {100_000 - shown} more: see the full report.\n")


def test_long_parts_leave_room_for_the_others() -> None:
    problems = (Problem(ProblemKind.UNREADABLE, "|" * 300, "|" * 300, "|" * 300),) * 100
    evidence = Evidence((("|" * 300, "|" * 300),) * 100)
    text = summary(Report((LATEST,) * 10, problems=problems), evidence)
    assert len(text.encode()) < 65_536
    assert text.count("…cut here: see the full report.") == 2
    assert text.count("\n| critical |") == 10


def test_problems_are_counted_beyond_a_limit() -> None:
    text = summary(Report(problems=(Problem(ProblemKind.UNREADABLE, "x", "y"),) * 60))
    assert "\n…and 10 more: see the full report.\n" in text


def test_a_larger_budget_holds_more() -> None:
    verdict = Verdict(Outcome.FAIL, (), Report((LATEST,) * 2_000))
    assert "".join(summarize(verdict, CONTEXT, 1_000_000)).count("\n| critical |") == 2_000


def test_the_image_is_named() -> None:
    assert IMAGE.split(":", maxsplit=1)[0] in "".join(load("summary")(SAMPLE, CONTEXT))
