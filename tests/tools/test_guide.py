from __future__ import annotations

import pytest

from imagelint.cli.summaries import COMMANDS
from imagelint.rules import catalog
from tools.guide import LATER, PLANNED, STAGES, Statement, guide_page

STATEMENTS = [
    pytest.param(stage, statement, id=statement.text)
    for stage, statements in STAGES.items()
    for statement in statements
]


@pytest.mark.parametrize(("stage", "statement"), STATEMENTS)
def test_every_statement_has_an_answer_or_its_stage_is_planned(
    stage: str, statement: Statement
) -> None:
    assert statement.answers or stage.startswith(LATER)


@pytest.mark.parametrize(("stage", "statement"), STATEMENTS)
def test_answers_are_rules_and_commands_that_there_are(stage: str, statement: Statement) -> None:
    assert stage
    for answer in statement.answers:
        program, _, command = answer.partition(" ")
        assert command in COMMANDS if program == "imagelint" else answer in catalog.names()


def test_the_stages_are_those_of_the_guide() -> None:
    assert [title.partition(":")[0] for title in STAGES] == [f"Stage {at}" for at in range(1, 9)]


def test_what_is_planned_is_said() -> None:
    rows = [line for line in guide_page().splitlines() if f"| {PLANNED} |" in line]
    unanswered = [one for said in STAGES.values() for one in said if not one.answers]
    assert len(rows) == len(unanswered) > 0
