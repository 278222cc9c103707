"""How the tests apply fixes: a fix that does harm must not pass."""

from __future__ import annotations

import pytest

from imagelint.core.finding import Edit, Finding, Fix, Location, Severity
from imagelint.core.source import Span
from tests.rules.cases import without_markers
from tests.rules.fixes import apply_fixes, has_fix


def finding(*edits: tuple[int, int, str]) -> Finding:
    fix = Fix("mend it", tuple(Edit("a", Span(start, end), text) for start, end, text in edits))
    return Finding("root-user", Severity.HIGH, "bad", Location("a"), fix=fix if edits else None)


def test_edits_are_applied_from_the_end() -> None:
    findings = [finding((0, 1, "A"), (4, 4, "!")), finding((2, 3, "")), finding()]
    assert apply_fixes({"a": "abcd", "b": "x"}, findings) == {"a": "Abd!"}
    assert has_fix(findings)
    assert not has_fix([finding()])


def test_the_same_edit_of_two_findings_is_applied_once() -> None:
    assert apply_fixes({"a": "ab"}, [finding((1, 1, "-")), finding((1, 1, "-"))]) == {"a": "a-b"}


@pytest.mark.parametrize(
    "edits", [((0, 2, "x"), (1, 3, "y")), ((1, 1, "x"), (1, 1, "y")), ((3, 9, "x"),)]
)
def test_edits_of_the_same_text_or_of_none_are_refused(edits: tuple[tuple[int, int, str]]) -> None:
    with pytest.raises(AssertionError):
        apply_fixes({"a": "abcd"}, [finding(edit) for edit in edits])


def test_markers_are_not_compared() -> None:
    assert without_markers("a\n  # expect: root-user low\nb\n") == "a\nb\n"
