"""Answers are kept while a document is examined, and a few of them behind that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Span
from imagelint.documents.remembered import (
    forget_many,
    remembered,
    remembered_briefly,
    remembered_pair,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def asked() -> list[Span]:
    return []


@pytest.fixture
def ask(asked: list[Span]) -> Callable[[Span], int]:
    def length(node: Span) -> int:
        asked.append(node)
        return node.end - node.start

    return length


def nodes(number: int) -> list[Span]:
    return [Span(0, at) for at in range(number)]


def test_however_many_nodes_a_document_has_each_is_asked_once(
    ask: Callable[[Span], int], asked: list[Span]
) -> None:
    answer = remembered(ask)
    given = nodes(5_000)
    assert [answer(node) for node in given] == list(range(5_000))
    assert [answer(node) for node in given] == list(range(5_000))
    assert len(asked) == 5_000


@pytest.mark.parametrize(("number", "again"), [(1_024, 0), (1_025, 1_025)])
def test_of_a_large_document_nothing_is_kept(
    ask: Callable[[Span], int], asked: list[Span], number: int, again: int
) -> None:
    answer = remembered(ask)
    given = nodes(number)
    for node in given:
        answer(node)
    forget_many()
    for node in given:
        answer(node)
    assert len(asked) == number + again


def test_a_node_is_known_by_what_it_is_and_not_by_what_it_equals(
    ask: Callable[[Span], int], asked: list[Span]
) -> None:
    answer = remembered(ask)
    first, second = (Span(at, 5) for at in (1, 1))
    assert answer(first) == answer(second) == 4
    assert len(asked) == 2


def test_few_answers_about_large_nodes_are_kept(
    ask: Callable[[Span], int], asked: list[Span]
) -> None:
    answer = remembered_briefly(ask)
    given = nodes(17)
    for node in (*given, given[-1], given[0]):
        answer(node)
    assert asked == [*given, given[0]]


def test_an_answer_to_a_question_about_a_node_is_kept_by_both() -> None:
    asked: list[tuple[Span, str]] = []

    def ask(node: Span, given: str) -> str:
        asked.append((node, given))
        return f"{node.end}{given}"

    answer = remembered_pair(ask)
    first, second = (Span(at, 5) for at in (1, 1))
    for node, given in ((first, "a"), (first, "b"), (second, "a"), (first, "a")):
        assert answer(node, given) == f"5{given}"
    assert len(asked) == 3
    for number in range(16):
        answer(first, str(number))
    answer(first, "15")
    assert len(asked) == 19
    answer(first, "a")
    assert asked[19:] == [(first, "a")]
