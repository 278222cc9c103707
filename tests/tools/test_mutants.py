"""The mutants are made, tried and forgotten; a weak set of cases lets them survive."""

from __future__ import annotations

import ast
import time
from collections import Counter
from pathlib import Path

import pytest

from imagelint.rules import catalog
from tests.rules.golden import Block, blocks, head
from tools import mutants

RULE = "curl-pipe-shell"
SOURCE = '''
from imagelint.rules.api import Severity, rule

if TYPE_CHECKING:
    SEEN = "only by the type checker, not by anybody else"

@rule(Command, Severity.LOW, references=("other DL1", "another tool"))
def bad(command: "a type", ctx) -> "another type":
    """A documented example."""
    if not command.run or command.count <= 2:
        return
    for word in [word for word in command.words if word.bad]:
        yield ctx.finding(
            word,
            f"`{word}` is" + (" bad" if word.name.startswith("- ") else " worse"),
            help="mend it",
            severity=Severity.HIGH if word.worst else None,
            confidence=Confidence.LIKELY,
            fix=Fix("title", (ctx.edit(Span(word.end, 3), "--x"),), safe=True),
        )
'''


def changes(category: str) -> list[str]:
    found = mutants.mutations(ast.parse(SOURCE))
    return [one.change for one in found if one.category == category]


def test_levels_are_changed_swapped_and_dropped() -> None:
    assert changes("severity") == [
        "severity=Severity.HIGH if word.worst else None -> None",
        "branches of `Severity.HIGH if word.worst else None` swapped",
        "HIGH -> MEDIUM",
        "LOW -> INFO",
    ]
    assert changes("confidence") == ["confidence=Confidence.LIKELY -> None", "LIKELY -> CERTAIN"]


def test_fixes_are_changed_in_text_place_and_safety() -> None:
    assert changes("fix") == [
        "'title' + '~'",
        "word.end + 1",
        "3 + 1",
        "'--x' + '~'",
        "True -> False",
    ]


def test_what_is_said_is_changed_and_documentation_is_not() -> None:
    said = ("`", "` is", " bad", " worse", "mend it")
    assert changes("text") == [f"{text!r} + '~'" for text in said]
    assert changes("data") == ["2 -> 3", "'- ' + '~'", "3 -> 4"]


def test_conditions_are_turned_around() -> None:
    assert changes("condition") == [
        "and/or in `not command.run or command.count <= 2`",
        "`not command.run` without `not`",
        "`command.count <= 2` -> `command.count < 2`",
        "not `word.bad`",
        "branches of `' bad' if word.name.startswith('- ') else ' worse'` swapped",
    ]


def test_a_tree_is_as_it_was_after_a_mutant() -> None:
    tree = ast.parse(SOURCE)
    before = ast.unparse(tree)
    for mutation in mutants.mutations(tree):
        with mutants.applied(mutation):
            assert ast.unparse(tree) != before
        assert ast.unparse(tree) == before


def test_no_mutant_of_a_rule_with_good_cases_survives_and_nothing_stays() -> None:
    original = catalog.load(RULE)
    result = mutants.try_rule(RULE)
    left = [one for one in result.survivors if one.category in mutants.STRICT]
    assert left == []
    assert all(result.tried[kind] for kind in ("severity", "text", "condition"))
    assert catalog.load(RULE) is original


def test_mutants_survive_where_nothing_is_expected() -> None:
    result = mutants.try_mutants(RULE, (head(catalog.load(RULE)),))
    assert {"text", "condition"} <= {one.category for one in result.survivors}
    assert mutants.report(result.tried, list(result.survivors), everything=False) == 1


def test_only_survivors_that_a_reader_would_see_are_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    survivors = [mutants.Survivor(RULE, kind, "a.py:1", "x -> y") for kind in ("condition", "data")]
    assert mutants.report(Counter(data=2, condition=1), survivors, everything=False) == 0
    assert capsys.readouterr().out.splitlines()[0] == "a.py:1: condition: x -> y"
    mutants.report(Counter(), survivors, everything=True)
    assert "a.py:1: data: x -> y" in capsys.readouterr().out


def test_a_mutant_that_says_something_else_or_crashes_is_noticed() -> None:
    rule = catalog.load(RULE)
    expected = (head(rule), *blocks(rule))
    assert not mutants.is_noticed(RULE, expected)
    assert mutants.is_noticed(RULE, (*expected[:-1], Block(expected[-1].heading, "other\n")))
    assert mutants.is_noticed(RULE, (Block(RULE, "another severity"),))
    assert mutants.is_noticed("no-such-rule", expected)


def test_what_runs_for_ever_is_ended() -> None:
    with pytest.raises(mutants.TimedOutError), mutants.limited(0.01):
        time.sleep(10)


def test_a_module_that_cannot_be_loaded_leaves_the_rule_as_it_was() -> None:
    original = catalog.load(RULE)
    tree = ast.parse("raise ValueError('cannot be loaded')")
    with (
        pytest.raises(ValueError, match="cannot be loaded"),
        mutants.loaded(RULE, tree, Path("a.py")),
    ):
        pass
    assert catalog.load(RULE) is original
