"""Apply edits to a text, from the end, so that no edit moves another; take something out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.finding import Edit
    from imagelint.core.source import Source

_LONGEST_KEY = 200
_BLANKS = " \t\r\n"
_QUOTES = ("'", '"')
_PROPERTIES = ("&", "!", "|", ">")
"""What an anchor, a tag and the head of a block of text begin with in YAML."""
_OPEN = ("\\", "`", ",", "[", "{")
"""What a line ends with that goes on."""
_INDICATORS = ("-", "?", ":")
_BEFORE = pattern(r"([\w./-]+) *: *$")
_KEY = pattern(r" *[\w./-]+ *: *\r?")


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made; the same edit twice is one.

    Line feeds that are put in become the line ends of the text.

    Raises:
        ValueError: an edit is outside of the text, or two are about the same place of it.
    """
    ordered = sorted({(edit.span, edit.text) for edit in edits}, reverse=True)
    carriage = _ends_lines_with_returns(text)
    begun: Span | None = None
    for span, new in ordered:
        if not 0 <= span.start <= span.end <= len(text):
            raise ValueError(f"{span} is outside of the text")
        if begun is not None and touches(span, begun):
            raise ValueError(f"{span} and {begun} are about the same place")
        written = new.replace("\r\n", "\n").replace("\n", "\r\n") if carriage else new
        text = text[: span.start] + written + text[span.end :]
        begun = span
    return text


def touches(one: Span, other: Span) -> bool:
    """Whether two edits cannot be made together: they overlap, or begin at the same place."""
    return one.start == other.start or (one.start < other.end and other.start < one.end)


def _ends_lines_with_returns(text: str) -> bool:
    first = text.find("\n")
    return first > 0 and text[first - 1] == "\r"


def removal(source: Source, span: Span) -> Span | None:
    """What goes with what is written under a span when it is left out; None where that is unclear.

    In a block of YAML it is the lines of an entry, or of an item with its dash, and the key above
    where nothing else stands under it; in brackets and braces it is an element with one comma; of
    a command it is a word with the blanks and continued lines before it.
    """
    text = source.text
    span = _with_quotes(text, span)
    word = _word(text, span)
    if word is not None and "\n" in text[word.start : span.start]:
        return word
    return _lines(source, span) or _element(source, span) or word


def _with_quotes(text: str, span: Span) -> Span:
    """The span with the quotes around it, where both are there."""
    before, behind = text[max(span.start - 1, 0) : span.start], text[span.end : span.end + 1]
    if before == behind and before in _QUOTES:
        return Span(span.start - 1, span.end + 1)
    return span


def _word(text: str, span: Span) -> Span | None:
    """A word of a command, and what stands between it and the word before in the same command."""
    begin = span.start
    while begin and text[begin - 1] in f"{_BLANKS}\\":
        begin -= 1
    between = text[begin : span.start].replace("\\\r\n", "").replace("\\\n", "")
    line = text[text.rfind("\n", 0, begin) + 1 : begin]
    stands_apart = begin == span.start or not line.strip() or line.strip() == "-"
    last = line.rpartition(" ")[2]
    if last[:1] in _PROPERTIES or last in _INDICATORS:
        return None
    if line.endswith("export") and not text[span.end : span.end + 2].lstrip(" \t").isalnum():
        return None
    if stands_apart or "#" in line or between.strip(" \t") or line.endswith((",", "[", "{", ":")):
        return None
    return Span(begin, span.end)


def _lines(source: Source, span: Span) -> Span | None:
    """The lines of an entry or item of a block, with its key where it is alone there."""
    text = source.text
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    dashed = before.strip() == "-"
    start = span.start - len(before) + len(before.rstrip()) - 1 if dashed else span.start
    lines = source.whole_lines(Span(start, span.end))
    if lines is None:
        return None
    above = _line_above(text, lines.start)
    told = text[above.start : above.end].rstrip()
    indent = len(before) - len(before.lstrip())
    if told.endswith(_OPEN) or told.rpartition(" ")[2][:1] in _PROPERTIES:
        return None
    if _goes_on(text, lines.end, indent, dashed) or not _is_parent(told, indent, dashed):
        return lines
    alone = above.end + 1 == lines.start and _KEY.fullmatch(text, above.start, above.end)
    return Span(above.start, lines.end) if alone else None


def _is_parent(told: str, indent: int, dashed: bool) -> bool:  # noqa: FBT001 - of one place
    """Whether an entry or item with that indent is the first of what a line above it holds."""
    blanks = len(told) - len(told.lstrip())
    content = len(told) - len(told.lstrip(" -")) if told[blanks:].startswith("- ") else blanks
    return bool(told) and (content < indent or (dashed and content == blanks == indent))


def _goes_on(text: str, at: int, indent: int, dashed: bool) -> bool:  # noqa: FBT001 - of one place
    """Whether the next line with anything on it belongs to the same block."""
    while at < len(text):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)].rstrip()
        told = line.lstrip()
        if told and not told.startswith("#"):
            depth = len(line) - len(told)
            return depth > indent or (depth == indent and (not dashed or told[0] == "-"))
        if end < 0:
            break
        at = end + 1
    return False


def _line_above(text: str, start: int) -> Span:
    """The last line above an offset that holds more than a comment."""
    while start:
        begin = text.rfind("\n", 0, start - 1) + 1
        told = text[begin : start - 1].strip()
        if told and not told.startswith("#"):
            return Span(begin, start - 1)
        start = begin
    return Span(0, 0)


def _element(source: Source, span: Span) -> Span | None:
    """An element of brackets or braces with one comma, and the entry that holds no other."""
    text = source.text
    begin, end = span.start, span.end
    while begin and text[begin - 1] in _BLANKS:
        begin -= 1
    while end < len(text) and text[end] in _BLANKS:
        end += 1
    before, behind = text[max(begin - 1, 0) : begin], text[end : end + 1]
    if before not in (",", "[", "{") or behind not in (",", "]", "}"):
        return None
    if behind == ",":
        end += 1
        while end < len(text) and text[end] in " \t":
            end += 1
        return source.whole_lines(Span(span.start, end)) or Span(span.start, end)
    if before == ",":
        return Span(begin - 1, span.end)
    line = text.rfind("\n", 0, begin) + 1
    key = _BEFORE.search(text, max(line, begin - _LONGEST_KEY), begin - 1)
    whole = key and Span(key.start(1), end + 1)
    return whole and (_lines(source, whole) or _element(source, whole))
