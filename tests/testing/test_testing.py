"""What the helpers for authors of rules tell, on rules that are right and wrong."""

from __future__ import annotations

import re
import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.core.finding import Confidence, Severity
from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import rule
from imagelint.testing import Case, check_case, check_cases, check_examples, findings, read_cases

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@dataclass(frozen=True)
class Options:
    """Who is approved."""

    approved: tuple[str, ...] = ("1000",)


@rule(Stage, Severity.HIGH, options=Options)
def unapproved_user(stage: Stage, ctx: Context, options: Options) -> Findings:
    """The image runs as a user that nobody approved.

    Bad:
        FROM alpine:3.20
        USER root

    Good:
        FROM alpine:3.20
        USER 1000
    """
    name = getattr(stage.user.name, "value", "1000")
    if name not in options.approved:
        yield ctx.finding(stage.user, f"{name} is not approved")


@rule(Stage, Severity.LOW)
def wrong(stage: Stage, ctx: Context) -> Findings:
    """It says the opposite.

    Bad:
        FROM scratch

    Good:
        FROM alpine:3.20
    """
    if not stage.scratch:
        yield ctx.finding(stage, "it is not empty")


@rule(Stage, Severity.LOW)
def crashes(stage: Stage, ctx: Context) -> Findings:
    """It crashes."""
    yield ctx.finding(stage, str(1 // 0))


CASES = """\
# unapproved-user

## Root is not approved.

As a number it is not either.

```Dockerfile
FROM alpine:3.20
# expect: unapproved-user high certain "root is not"
USER root
```

```other.Dockerfile
FROM alpine:3.20
# expect: unapproved-user
USER 0
```

## Others are.

```
FROM alpine:3.20
USER 1000
```
"""


def test_cases_that_hold(tmp_path: Path) -> None:
    path = tmp_path / "unapproved-user.md"
    path.write_text(CASES)
    check_cases([unapproved_user], path)


def test_all_that_is_otherwise_is_told_under_its_heading(tmp_path: Path) -> None:
    path = tmp_path / "unapproved-user.md"
    path.write_text(CASES.replace("high certain", "low").replace("USER 1000", "USER 2000"))
    with pytest.raises(AssertionError) as error:
        check_cases([unapproved_user], path)
    assert str(error.value).splitlines() == [
        "Root is not approved.",
        'Dockerfile:2: expected unapproved-user low "root is not"',
        "Dockerfile:2: unapproved-user high certain 'root is not approved': not expected",
        "",
        "Others are.",
        "Dockerfile:2: unapproved-user high certain '2000 is not approved': not expected",
    ]


def test_options_are_given_to_rules_that_have_some() -> None:
    files = {"Dockerfile": "FROM alpine:3.20\nUSER root\n"}
    assert findings([unapproved_user], files, {"approved": ("root",)}) == ()
    (found,) = findings([unapproved_user], files)
    assert (found.rule, found.confidence) == ("unapproved-user", Confidence.CERTAIN)


def test_examples_that_hold_and_those_that_do_not() -> None:
    check_examples([unapproved_user])
    with pytest.raises(AssertionError) as error:
        check_examples([unapproved_user, wrong])
    assert str(error.value).splitlines() == [
        "wrong: example 1 is Bad, and nothing is said about it",
        "wrong: example 2 is Good: Dockerfile:1: wrong low certain 'it is not empty'",
    ]
    with pytest.raises(AssertionError, match="there is no Good example"):
        check_examples([crashes])


def test_what_cannot_be_judged_is_no_pass() -> None:
    case = Case("It crashes.", {"Dockerfile": "FROM alpine\n"})
    with pytest.raises(AssertionError, match=r"rule-crashed: the rule tested\.crashes crashed"):
        check_case([crashes], case)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```\nFROM a\n```\n", "before the first heading"),
        ("## A.\n\n```\nFROM a\n", "does not end"),
        ("## A.\n", "there is no file"),
        (
            "## A.\n\n```\n# expect unapproved\nFROM a\n```\n",
            "not understood: '# expect unapproved'",
        ),
        ("## A.\n\n```\n# expect: a huge\nFROM a\n```\n", "not understood"),
    ],
)
def test_what_is_not_understood_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_cases(text)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.md: "):
        check_cases([unapproved_user], tmp_path / "none.md")
    (tmp_path / "bytes.md").write_bytes(b"\0\xff\xfe")
    with pytest.raises(ValueError, match=r"bytes\.md: "):
        check_cases([unapproved_user], tmp_path / "bytes.md")


def test_the_page_about_own_rules_shows_one_that_works(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "custom-rules.md").read_text(encoding="utf-8")
    written = re.MULTILINE | re.DOTALL
    (module,) = re.findall(r"^```python\n(# acme_rules/.*?)^```$", page, written)
    (cases,) = re.findall(r"^````markdown\n(.*?)^````$", page, written)
    (tmp_path / "shown.py").write_text(module)
    (tmp_path / "cases.md").write_text(cases)
    rules = runpy.run_path(str(tmp_path / "shown.py"))["RULES"]
    check_examples(rules)
    check_cases(rules, tmp_path / "cases.md")
    assert findings(rules, {"Dockerfile": "FROM alpine:3.20\nARG NAME\nUSER $NAME\n"}) == ()
