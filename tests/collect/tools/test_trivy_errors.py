from __future__ import annotations

from imagelint.collect.tools.trivy_errors import REGISTRY, explain, last_words
from imagelint.core.report import ProblemKind


def test_the_first_meaning_that_fits_is_taken() -> None:
    found = explain("Error: UNAUTHORIZED: connection refused", REGISTRY, "Trivy", "a.test/llm")
    assert found is not None
    assert (found.kind, found.origin) == (ProblemKind.UNAUTHORIZED, "a.test/llm")
    assert found.detail == ("Trivy: the registry refuses access (UNAUTHORIZED: connection refused)")


def test_what_nobody_knows_is_not_explained() -> None:
    assert explain("something new", REGISTRY, "Trivy", "a.test/llm") is None


def test_the_last_line_with_the_word_is_quoted() -> None:
    assert last_words("a EOF 1\n\nb EOF 2\nafter\n", ("EOF",)) == "b EOF 2"
    assert last_words("first\nlast\n\n", ("EOF",)) == "last"
    assert last_words(" \n\n") == "it said nothing"


def test_preambles_are_left_out() -> None:
    line = "2026-11-23T20:49:05Z\tFATAL\tFatal error\trun error: no space left"
    assert last_words(line) == "run error: no space left"
    assert last_words("Error: error during command execution: Error: x") == "x"


def test_long_lines_are_quoted_around_the_word() -> None:
    line = "a" * 500 + " EOF " + "b" * 500
    said = last_words(line, ("EOF",))
    assert "EOF" in said
    assert len(said) <= 302
    assert said.startswith("…")
    assert last_words("x" * 400) == "x" * 300 + "…"


def test_nothing_quoted_moves_a_terminal_or_tells_a_secret() -> None:
    said = last_words("\x1b[31mEOF https://user:hunter22@a.test/", ("EOF",))
    assert "\x1b" not in said
    assert "hunter22" not in said
