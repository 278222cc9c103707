from __future__ import annotations

from imagelint.core.report import AllowanceKind
from imagelint.documents.base import AllowanceState
from imagelint.engine.suppression import Suppression, nearest_rule, state_of, suppress
from tests.engine.findings import finding


def word(*rules: str, reason: str = "because", covers: bool = True) -> Suppression:
    return Suppression(AllowanceKind.WAIVER, rules, lambda _finding: covers, reason, "2027-01-31")


def test_without_suppressions_everything_counts() -> None:
    assert suppress([finding()], ()) == ((finding(),), (), frozenset(), {})


def test_the_first_that_covers_gives_the_reason_and_all_are_used() -> None:
    first = word("root-user", covers=False)
    second, third = word("root-user", reason="second"), word("host-path", "root-user")
    result = suppress([finding()], (first, second, third))
    assert result.kept == ()
    assert result.allowed == ((finding(), AllowanceKind.WAIVER, "second", "2027-01-31"),)
    assert result.used == {1, 2}


def test_only_suppressions_of_its_rule_are_asked_about_a_finding() -> None:
    asked: list[str] = []

    def covers(item: object) -> bool:
        asked.append(str(item))
        return True

    others = [Suppression(AllowanceKind.INLINE, ("host-path",), covers, "x") for _ in range(9)]
    result = suppress([finding("root-user"), finding("host-path")], others)
    assert result.kept == (finding("root-user"),)
    assert len(asked) == 9


def test_a_word_about_no_rule_is_unknown_whatever_happened() -> None:
    state = state_of((), used=True, would_speak=lambda _name: True)
    assert state is AllowanceState.UNKNOWN


def test_a_word_is_unused_only_where_one_of_its_rules_would_have_spoken() -> None:
    def spoken(name: str) -> bool:
        return name == "host-path"

    both, other = ("root-user", "host-path"), ("root-user",)
    assert state_of(both, used=True, would_speak=spoken) is AllowanceState.USED
    assert state_of(both, used=False, would_speak=spoken) is AllowanceState.UNUSED
    assert state_of(other, used=False, would_speak=spoken) is AllowanceState.IDLE


def test_the_nearest_rule_is_suggested() -> None:
    assert nearest_rule("root_usr") == "root-user"
    assert nearest_rule("zzzzzzzz") == ""
