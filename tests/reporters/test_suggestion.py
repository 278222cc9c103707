from __future__ import annotations

from imagelint.core.finding import Edit, Excerpt, Finding, Fix, Location, Severity
from imagelint.core.source import Source, Span
from imagelint.reporters.suggestion import suggested_lines

TEXT = "FROM a\nRUN apt install b \\\n  c\nUSER x\n"


def finding(text: str, word: str, *edits: tuple[int, int, str], origin: str = "f") -> Finding:
    """A finding at a word, whose edits are by offsets from its beginning."""
    source, at = Source("f", text), text.index(word)
    span = Span(at, at + len(word))
    start, end = source.position(span.start), source.position(span.end)
    lines = tuple(source.line(number) for number in range(start.line, end.line + 1))
    place = Location("f", span, start, end, Excerpt(start.line, lines))
    made = tuple(Edit(origin, Span(at + one, at + two), new) for one, two, new in edits)
    return Finding("x", Severity.LOW, "bad", place, fix=Fix("mend it", made))


def test_the_line_is_shown_as_it_would_be() -> None:
    assert suggested_lines(finding(TEXT, "apt", (0, 3, "apt-get"))) == ("RUN apt-get install b \\",)
    assert suggested_lines(finding(TEXT, "USER", (6, 6, "\nCMD y"))) == ("CMD y",)


def test_of_several_lines_only_those_that_change_are_shown() -> None:
    assert suggested_lines(finding(TEXT, "b \\\n  c", (0, 1, "bb"))) == ("RUN apt install bb \\",)
    both = finding(TEXT, "b \\\n  c", (0, 1, "bb"), (6, 7, "cc"))
    assert suggested_lines(both) == ("RUN apt install bb \\", "  cc")


def test_what_is_not_shown_is_not_suggested() -> None:
    assert suggested_lines(finding(TEXT, "apt", (0, 3, "apt-get"), origin="g")) == ()
    assert suggested_lines(finding(TEXT, "apt", (30, 30, "y"))) == ()
    assert suggested_lines(finding(TEXT, "apt", (-8, -8, "y"))) == ()
    without = finding(TEXT, "apt")
    assert suggested_lines(without._replace(fix=None)) == ()
    assert suggested_lines(without._replace(location=Location("f"))) == ()
    assert suggested_lines(finding("ENV A=••• b", "b", (0, 1, "c"))) == ()
    assert suggested_lines(finding(TEXT, "apt", (0, 3, "x\n" * 20))) == ()
    assert suggested_lines(finding(f"RUN apt {'a' * 400}", "apt", (0, 3, "apt-get"))) == ()
