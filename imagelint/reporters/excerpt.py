"""A place in a text, drawn: lines with numbers, and a mark under the exact span."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.reporters.cells import cells, window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Location
    from imagelint.reporters.paint import Paint

_BAR_WIDTH = 2


class ExcerptFrame(NamedTuple):
    """How an excerpt is drawn: width of the line numbers, cells of a whole line, mark, colours."""

    gutter: int
    width: int
    mark: str
    style: str
    paint: Paint

    @property
    def room(self) -> int:
        """Cells for the text of a line; 0 means that lines are not cut."""
        return max(self.width - self.gutter - 4, 20) if self.width else 0

    def bar(self, number: str = "") -> str:
        """The gutter of a line with that number."""
        return self.paint("gutter", f" {number:>{self.gutter}} |")


def draw(location: Location, frame: ExcerptFrame) -> Iterator[str]:
    """The lines that show a place; nothing when it has no excerpt."""
    if not location.excerpt.lines:
        return
    yield frame.bar()
    start, last = location.start, _last_line(location)
    if last == start.line:
        yield from _one_line(location, frame)
    else:
        yield from _many_lines(location, frame)
    yield frame.bar()


def _last_line(location: Location) -> int:
    """The last line that a span touches: an end at column 1 belongs to the line before."""
    start, end = location.start, location.end
    return end.line - 1 if end.column == 1 and end.line > start.line else end.line


def _one_line(location: Location, frame: ExcerptFrame) -> Iterator[str]:
    excerpt, start, end = location.excerpt, location.start, location.end
    for number, line in enumerate(excerpt.lines, excerpt.first_line):
        if number == start.line:
            shown = cells(line)
            first = shown.column(start.column)
            last = shown.column(end.column) if end.line == start.line else shown.width
            view = window(shown, first, frame.room)
            at = view.place(first)
            mark = frame.mark * max(view.place(last) - at, 1)
            yield _row(frame, str(number), view.text)
            yield _row(frame, "", " " * at + frame.paint(frame.style, mark))
        else:
            yield _row(frame, str(number), window(cells(line), 0, frame.room).text)


def _many_lines(location: Location, frame: ExcerptFrame) -> Iterator[str]:
    """Lines beside a bar that runs from the first character of a span to its last."""
    excerpt, start, last = location.excerpt, location.start, _last_line(location)
    room = frame.room and frame.room - _BAR_WIDTH
    bar = frame.paint(frame.style, "|")
    for number, line in enumerate(excerpt.lines, excerpt.first_line):
        shown = cells(line)
        text = window(shown, 0, room).text
        if number == start.line and _starts_text(line, start.column):
            yield _row(frame, str(number), f"{frame.paint(frame.style, '/')} {text}")
        elif number == start.line:
            yield _row(frame, str(number), f"  {text}")
            line_to = "_" * (window(shown, 0, room).place(shown.column(start.column)) + 1)
            yield _row(frame, "", " " + frame.paint(frame.style, line_to + frame.mark))
        elif start.line < number <= last:
            yield _row(frame, str(number), f"{bar} {text}")
        else:
            yield _row(frame, str(number), f"  {text}")
        if number == last:
            yield _row(frame, "", _tail(location, line, frame))
    if last >= excerpt.first_line + len(excerpt.lines):
        yield _row(frame, "", f"{bar} … to line {last}")


def _starts_text(line: str, column: int) -> bool:
    return not line[: column - 1].strip()


def _tail(location: Location, line: str, frame: ExcerptFrame) -> str:
    shown = cells(line)
    view = window(shown, 0, frame.room and frame.room - _BAR_WIDTH)
    whole = location.end.line > _last_line(location)
    end = shown.width if whole else shown.column(location.end.column)
    return frame.paint(frame.style, "|" + "_" * max(view.place(end), 1) + frame.mark)


def _row(frame: ExcerptFrame, number: str, text: str) -> str:
    return f"{frame.bar(number)} {text}".rstrip()
