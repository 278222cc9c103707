from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

RULE = """\
custom-rules:
  - name: acme.user
    subject: stage
    condition: stage.final && stage.user == "root"
    message: root
    bad: [{bad}]
    good: [{good}]
"""


def tried(program: Program, here: Path, bad: str, good: str) -> tuple[int, str]:
    (here / ".imagelint.yaml").write_text(RULE.format(bad=bad, good=good))
    answer = program("policy", "test")
    return answer.code, answer.out


def test_rules_are_tried_on_their_examples(here: Path, program: Program) -> None:
    code, said = tried(program, here, r'"FROM a\nUSER root\n"', r'"FROM a\nUSER 1000\n"')
    assert code == 0
    assert said == "ok    acme.user  1 bad, 1 good\n1 rule tried, all as expected\n"


@pytest.mark.parametrize(
    ("bad", "good", "message"),
    [
        (r'"FROM a\nUSER me\n"', r'"FROM a\nUSER me\n"', "nothing about a bad example"),
        (
            r'"FROM a\nUSER root\n"',
            r'"FROM a\nUSER root\n"',
            "it speaks about a good example: Dockerfile:2: root",
        ),
        (r'"FROM a\nUSER root\n"', r'"FROM a\n"', "there is no `stage.user`"),
        (r'"FROM a\nUSER root\n"', "", "it has no good example"),
        ("", r'"FROM a\nUSER me\n"', "it has no bad example"),
        (r'{"notes.txt": "root"}', r'"FROM a\nUSER me\n"', "nothing of it is examined: notes.txt"),
        (
            r'"FROM a\nUSER root\n"',
            r'{"requirements.txt": "a==1\n"}',
            "there is no `stage` in it: nothing is asked",
        ),
        (r'{"../Dockerfile": "FROM a"}', r'"FROM a\nUSER me\n"', "a folder of its own"),
        (r'{"/tmp/Dockerfile": "FROM a"}', r'"FROM a\nUSER me\n"', "a folder of its own"),
    ],
)
def test_an_example_that_comes_out_otherwise_fails(
    here: Path, program: Program, bad: str, good: str, message: str
) -> None:
    code, said = tried(program, here, bad, good)
    assert code == 1
    assert message in said
    assert "FAIL  acme.user" in said
    assert said.endswith("1 rule tried, 1 of them failed\n")


def test_an_example_may_be_of_several_files(here: Path, program: Program) -> None:
    bad = r'{"app/Dockerfile": "FROM a\nUSER root\n", "app/.dockerignore": "*\n"}'
    assert tried(program, here, bad, r'"FROM a\nUSER me\n"')[0] == 0


def test_a_policy_without_rules_is_wrong_usage(here: Path, program: Program) -> None:
    assert program("policy", "test").code == 2
    (here / ".imagelint.yaml").write_text("extends: []\n")
    answer = program("policy", "test")
    assert answer.code == 2
    assert "define no rules" in answer.err
    (here / "wrong.yaml").write_text("custom-rules: [{}]\n")
    assert "`name` is missing" in program("policy", "test", "wrong.yaml").err
