from __future__ import annotations

import json

import pytest

from imagelint.core.source import Span
from imagelint.documents.scriptlint import LintRequest, ScriptComment, distinct, read_comments

SCRIPT = LintRequest("cd a\ncat $B\n", "sh", ("C", "D"))


def comment(**changed: object) -> dict[str, object]:
    placed = {"line": 4, "endLine": 4, "column": 5, "endColumn": 7}
    said = {"file": "x/000000.sh", "level": "info", "code": 2086, "message": "Quote."}
    return {**placed, **said, **changed}


def read(*comments: dict[str, object]) -> list[ScriptComment]:
    found = read_comments(json.dumps({"comments": comments}), distinct([SCRIPT]))
    assert isinstance(found, dict)
    return found[SCRIPT.key]


def test_the_program_reads_what_holds_and_then_the_script() -> None:
    assert SCRIPT.program == "# shellcheck shell=sh\nexport C=1 D=1; \ncd a\ncat $B\n"
    assert LintRequest("x", "bash", ()).program == "# shellcheck shell=bash\n\nx"


def test_equal_scripts_are_asked_about_once() -> None:
    other = SCRIPT._replace(dialect="bash")
    named = distinct([SCRIPT, other, SCRIPT._replace()])
    assert list(named.items()) == [("000000.sh", SCRIPT), ("000001.sh", other)]
    assert SCRIPT.key != other.key
    assert SCRIPT.key == SCRIPT._replace().key


def test_comments_have_their_place_in_the_script() -> None:
    assert read(comment()) == [ScriptComment(Span(9, 11), "SC2086", "info", "Quote.")]
    assert SCRIPT.text[9:11] == "$B"
    assert read(comment(endColumn=99))[0].span == Span(9, 12)


@pytest.mark.parametrize(
    "odd",
    [
        {"file": "other.sh"},
        {"file": 5},
        {"line": 1, "endLine": 1},
        {"line": 99, "endLine": 99},
        {"line": None},
        {"line": 4, "endLine": 3, "endColumn": 1},
        {"line": -3, "endLine": -3},
    ],
)
def test_what_has_no_place_in_a_script_is_left_out(odd: dict[str, object]) -> None:
    assert read(comment(**odd)) == []


@pytest.mark.parametrize("answer", ["", "{", "[]", '{"comments": 5}', '{"comments": null}'])
def test_what_is_no_answer_is_told(answer: str) -> None:
    assert isinstance(read_comments(answer, distinct([SCRIPT])), str)
