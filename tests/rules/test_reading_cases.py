"""The reader of case files understands its language, and nothing else."""

from __future__ import annotations

import re

import pytest

from imagelint.core.finding import Confidence, Severity
from tests.rules.cases import Case, Expectation, is_marker, parse_cases
from tests.rules.expectations import disagreements
from tests.rules.projects import examine_case

ROOT_USER = """\
# root-user

## Nothing sets a user.

```
# expect: root-user
FROM alpine:3.20
CMD ["sh"]
```
"""


def parse(body: str) -> Case:
    (case,) = parse_cases(f"# root-user\n\n## A sentence.\n\n{body}", "root-user")
    return case


def test_a_case_is_read_whole() -> None:
    case = parse(
        "A remark, and `code`.\n\n"
        "environment: driver=550\n"
        'options: {"pin": "digest"}\n'
        "ignored: notes.txt\n"
        "problem: template pod.yaml\n\n"
        'expect: root-user high likely "runs as"\n'
        "```a.json\n{}\n```\n\n"
        "```b.yaml\n# expect: root-user\n# expect: root-user likely\nb\n```\n\n"
        "~~~fixed b.yaml\nc\n~~~\n"
    )
    assert case == Case(
        "root-user",
        "A sentence.",
        {"a.json": "{}\n", "b.yaml": "# expect: root-user\n# expect: root-user likely\nb\n"},
        (
            Expectation("a.json", 0, Severity.HIGH, Confidence.LIKELY, "runs as"),
            Expectation("b.yaml", 3),
            Expectation("b.yaml", 3, confidence=Confidence.LIKELY),
        ),
        {"b.yaml": "c\n"},
        "driver=550",
        '{"pin": "digest"}',
        ("notes.txt",),
        (("template", "pod.yaml"),),
    )


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("enviroment: driver=550\n", "not understood"),
        ("environment: a=1\nenvironment: b=1\n", "said twice"),
        ("options: {}\noptions: {}\n", "said twice"),
        ("= odd\n", "not understood"),
        ("expect: root-user", "an expectation without a file"),
        ("expect: root-user\n## Another.\n", "an expectation without a file"),
        ("expect: root-user terrible\n```\nFROM a\n```\n", "not understood"),
        ("expect: other-rule\n```\nFROM a\n```\n", "expects another rule"),
        ("```\n# expect: other-rule\nFROM a\n```\n", "expects another rule"),
        ("```\n# expect root-user\nFROM a\n```\n", "Dockerfile:1: not understood"),
        ("```\n# expect: root-user high sure\nFROM a\n```\n", "Dockerfile:1: not understood"),
        ("```\n# expect: root-user likely high\nFROM a\n```\n", "Dockerfile:1: not understood"),
        ("```\nFROM a\n# expect: root-user\n```\n", "an expectation at the end of Dockerfile"),
        ("```\nFROM a\n", "a fence that is never closed"),
        ("```\nFROM a\n```\n```\nFROM b\n```\n", "Dockerfile stands there twice"),
        ("~~~fixed\nFROM a\n~~~\n~~~fixed\nFROM b\n~~~\n", "Dockerfile stands there twice"),
        ("~~~fixes a\nFROM a\n~~~\n", "not understood"),
        ("## No sentence\n", "a heading is a sentence"),
        ("Only words.\n", "a case without a file"),
        ("```\nFROM a\n```\n## A sentence.\n```\nFROM a\n```\n", "a heading stands there twice"),
    ],
)
def test_what_is_not_understood_is_an_error(body: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        parse(body)


@pytest.mark.parametrize("text", ["", "# other-rule\n", "# root-user\nwords\n"])
def test_a_file_begins_with_its_rule_and_a_case_with_a_heading(text: str) -> None:
    with pytest.raises(AssertionError):
        parse_cases(text, "root-user")


def test_only_whole_lines_are_markers() -> None:
    assert is_marker('  # expect: root-user high certain "runs as root"')
    assert is_marker("// expect: root-user")
    assert not is_marker("USER root # expect: root-user")
    assert not is_marker("# expect: root-user eventually")


def said(text: str) -> str:
    (case,) = parse_cases(text, "root-user")
    return " ".join(disagreements(case, examine_case(case)))


def test_a_case_that_holds_is_silent() -> None:
    assert said(ROOT_USER) == ""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("# expect: root-user\n", "", "places: .* instead of"),
        ('CMD ["sh"]', "USER 10001", "places: .* instead of"),
        ("root-user\nFROM", "root-user low\nFROM", "the severity is high"),
        ("root-user\nFROM", "root-user likely\nFROM", "the confidence is certain"),
        ("root-user\nFROM", "root-user high\nFROM", "high is the rule's own severity"),
        ("root-user\nFROM", "root-user certain\nFROM", "certain is the rule's own confidence"),
        ("root-user\nFROM", 'root-user "nobody"\nFROM', "the message is"),
        ("```\n#", "```notes.yaml\n#", "not examined: ..notes.yaml"),
        ("```\n#", "problem: template b.yaml\n\n```\n#", "problems: "),
    ],
)
def test_a_case_that_does_not_hold_says_why(old: str, new: str, complaint: str) -> None:
    assert old in ROOT_USER
    assert re.search(complaint, said(ROOT_USER.replace(old, new)))
