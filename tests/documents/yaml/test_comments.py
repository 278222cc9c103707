from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.base import NO_RULE, Allowance, Dialect
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.load import load_yaml


def read(text: str) -> list[Allowance]:
    return list(comment_allowances(Source("a.yaml", text), load_yaml(text)))


def scope(text: str) -> str:
    (allowance,) = read(text)
    return text[allowance.scope.start : allowance.scope.end]


def test_rules_reason_and_place_are_read() -> None:
    text = "a: 1 # imagelint: allow root-user, host-ipc -- needs it, really  \nb: 2\n"
    first, second = read(text)
    assert (first.rule, second.rule) == ("root-user", "host-ipc")
    assert first.reason == second.reason == "needs it, really"
    assert text[first.span.start : first.span.end].startswith("# imagelint")
    assert text[first.span.start : first.span.end].endswith("really")
    assert first.dialect is Dialect.IMAGELINT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1 # imagelint: allow x -- r\nb: 2\n", "a: 1 # imagelint: allow x -- r"),
        (
            "b: 0\na: # imagelint: allow x -- r\n  c: 1\nd: 2\n",
            "a: # imagelint: allow x -- r\n  c: 1",
        ),
        ("b: 0\n# imagelint: allow x -- r\na:\n  c: 1\nd: 2\n", "a:\n  c: 1"),
        ("b: 0\n# imagelint: allow x -- r\n\n# more\na: 1\nd: 2\n", "a: 1"),
        ("l:\n# imagelint: allow x -- r\n- n: 1\n  m: 2\n- n: 3\n", "n: 1\n  m: 2"),
        ("l:\n- n: 1 # imagelint: allow x -- r\n  m: 2\n", "- n: 1 # imagelint: allow x -- r"),
        ("l:\n- 1\n# imagelint: allow x -- r\n- 2\n", "2"),
        ("# imagelint: allow x -- r\na: 1\nb: 2\n", "a: 1\nb: 2"),
        ("a:\n  # imagelint: allow x -- r\n  b: 1\n  c: 2\n", "b: 1"),
        ("a: 1\n# imagelint: allow x in file -- r\nb: 2\n", None),
        ("a: 1\n# imagelint: allow x -- r\n# z\n", ""),
        ("a: >\n  b\n  c\n# imagelint: allow x -- r\n--- # y\nd: 1", "--- # y"),
    ],
)
def test_scopes(text: str, expected: str | None) -> None:
    assert scope(text) == (text if expected is None else expected)


@pytest.mark.parametrize(
    "text",
    [
        "a: '# imagelint: allow x -- r'\n",
        "a: |\n  # imagelint: allow x -- r\n  b\n",
        "a: b#imagelint:allow x\n",
        "a: 1 # imagelint knows\n",
        "a: 1 # allow x\n",
    ],
)
def test_what_is_no_comment_or_not_ours_says_nothing(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("comment", ["# imagelint: alow x -- r", "#Imagelint Ignore x"])
def test_what_must_have_been_meant_for_us_is_an_allowance_that_cannot_be_read(comment: str) -> None:
    (allowance,) = read(f"a: 1 {comment}\n")
    assert (allowance.rule, allowance.reason) == (NO_RULE, "")


def test_a_reason_may_be_missing() -> None:
    assert read("a: 1 # imagelint: allow x\n")[0].reason == ""


def test_other_tools_are_heard() -> None:
    text = "a: 1\n---\nb: 2\nc: # trivy:ignore:KSV-0012 trivy:ignore:AVD-KSV-0001\n  d: 1\n"
    first, second = read(text)
    assert (first.rule, second.rule) == ("KSV-0012", "AVD-KSV-0001")
    assert first.dialect is Dialect.TRIVY
    assert text[first.scope.start : first.scope.end].endswith("d: 1")
    (skip,) = read("a: 1\n---\n# checkov:skip=CKV_K8S_20: no need\nb: 2\nc: 3\n")
    assert skip == Allowance("CKV_K8S_20", "no need", skip.scope, skip.span, Dialect.CHECKOV)
    assert (skip.scope.start, skip.scope.end) == (44, 53)
    (late,) = read("a: 1\n# checkov:skip=CKV_K8S_20\n")
    assert late.scope == (0, 4)
    (alone,) = read("# checkov:skip=CKV_K8S_20\n")
    assert alone.scope == alone.span


def test_aliases_do_not_multiply_the_work() -> None:
    text = "a: &x {b: 1}\nc: *x\nd: *x # imagelint: allow x -- r\n"
    assert scope(text) == "d: *x # imagelint: allow x -- r"


def test_a_comment_far_above_speaks_of_nothing() -> None:
    text = "a: 1\n# imagelint: allow x -- r\n" + "# more\n" * 300 + "b: 2\n"
    assert scope(text) == ""
