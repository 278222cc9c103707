from __future__ import annotations

from imagelint.core.finding import Excerpt, Location
from imagelint.core.source import Position, Source, Span
from imagelint.reporters.excerpt import ExcerptFrame, draw
from imagelint.reporters.paint import plain


def drawn(text: str, start: int, end: int, *, width: int = 0, most: int = 5) -> list[str]:
    source = Source("x", text)
    first, last = source.position(start), source.position(end)
    stop = min(last.line, first.line + most - 1)
    lines = tuple(source.line(number) for number in range(first.line, stop + 1))
    place = Location("x", Span(start, end), first, last, Excerpt(first.line, lines))
    return list(draw(place, ExcerptFrame(1, width, "^", "high", plain)))


def test_no_excerpt_draws_nothing() -> None:
    assert list(draw(Location("x"), ExcerptFrame(1, 0, "^", "high", plain))) == []


def test_one_line() -> None:
    assert drawn("FROM a\nUSER root\n", 7, 11) == ["   |", " 2 | USER root", "   | ^^^^", "   |"]


def test_an_empty_span_has_one_caret() -> None:
    assert drawn("abc\n", 1, 1)[2] == "   |  ^"


def test_an_empty_line() -> None:
    assert drawn("\n", 0, 0) == ["   |", " 1 |", "   | ^", "   |"]


def test_a_span_with_its_line_feed_stays_on_its_line() -> None:
    assert drawn("abc\ndef\n", 0, 4) == ["   |", " 1 | abc", "   | ^^^", " 2 | def", "   |"]


def test_tabs_wide_and_combining_characters_keep_the_caret_in_place() -> None:
    assert drawn("a\t漢e\u0301x", 5, 6)[1:3] == [" 1 | a   漢e\u0301x", "   |        ^"]


def test_control_characters_are_as_wide_as_their_escapes() -> None:
    assert drawn("\x1bab", 1, 2)[1:3] == [" 1 | \\x1bab", "   |     ^"]


def test_many_lines_from_the_first_character() -> None:
    assert drawn("  ab\ncd\nef\n", 2, 10) == [
        "   |",
        " 1 | /   ab",
        " 2 | | cd",
        " 3 | | ef",
        "   | |__^",
        "   |",
    ]


def test_many_lines_from_the_middle() -> None:
    assert drawn("ab cd\nef\n", 3, 7) == [
        "   |",
        " 1 |   ab cd",
        "   |  ____^",
        " 2 | | ef",
        "   | |_^",
        "   |",
    ]


def test_many_lines_that_end_with_a_line_feed() -> None:
    assert drawn("ab\ncd\nef\n", 0, 6)[1:5] == [
        " 1 | / ab",
        " 2 | | cd",
        "   | |__^",
        " 3 |   ef",
    ]


def test_lines_beyond_the_excerpt_are_named() -> None:
    assert drawn("a\n" * 9, 0, 17, most=3)[1:] == [
        " 1 | / a",
        " 2 | | a",
        " 3 | | a",
        "   | | … to line 9",
        "   |",
    ]


def test_a_long_line_is_cut_around_the_span() -> None:
    text = "x" * 500 + "HERE" + "y" * 500
    _, shown, mark, _ = drawn(text, 500, 504, width=60)
    assert len(shown) == 60
    assert shown[5] == shown[-1] == "…"
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "HERE"


def test_a_long_span_is_cut_at_the_end_of_the_window() -> None:
    _, shown, mark, _ = drawn("x" * 500, 0, 500, width=60)
    assert shown == f" 1 | {'x' * 53}…"
    assert mark == f"   | {'^' * 53}"


def test_a_cut_never_halves_a_wide_character() -> None:
    _, shown, mark, _ = drawn("漢" * 200, 100, 101, width=31)
    assert set(shown[5:]) == {"…", "漢"}
    assert mark.count("^") == 2


def test_a_span_behind_what_the_excerpt_kept_is_marked_at_its_end() -> None:
    place = Location("x", Span(0, 1), Position(1, 900), Position(1, 910), Excerpt(1, ("abc",)))
    assert list(draw(place, ExcerptFrame(1, 0, "^", "high", plain)))[2] == "   |    ^"
