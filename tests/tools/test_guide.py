from __future__ import annotations

import pytest

from imagelint.cli.summaries import COMMANDS
from imagelint.rules import catalog
from tools.guide import STAGES, Statement

STATEMENTS = [
    pytest.param(stage, statement, id=statement.text)
    for stage, statements in STAGES.items()
    for statement in statements
]


@pytest.mark.parametrize(("stage", "statement"), STATEMENTS)
def test_every_statement_has_an_answer(stage: str, statement: Statement) -> None:
    assert stage
    assert statement.answers


@pytest.mark.parametrize(("stage", "statement"), STATEMENTS)
def test_answers_are_rules_and_commands_that_there_are(stage: str, statement: Statement) -> None:
    assert stage
    for answer in statement.answers:
        program, _, command = answer.partition(" ")
        assert command in COMMANDS if program == "imagelint" else answer in catalog.names()


def test_the_stages_are_those_of_the_guide() -> None:
    assert [title.partition(":")[0] for title in STAGES] == [f"Stage {at}" for at in range(1, 9)]
