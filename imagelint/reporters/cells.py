"""One line of a file as cells of a terminal."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.reporters.visible import UNSAFE, escaped

_TAB = 4
_CUT = "…"


class Cells(NamedTuple):
    """A line as it is shown. `offsets[i]` is the cell at which code point `i` starts.

    The last of the offsets is the width of the whole line, in cells.
    """

    shown: tuple[str, ...]
    offsets: tuple[int, ...]

    @property
    def width(self) -> int:
        """Width of the whole line, in cells."""
        return self.offsets[-1]

    def column(self, column: int) -> int:
        """The cell of a column counted from 1 in code points; beyond the line: its end."""
        return self.offsets[min(max(column, 1), len(self.offsets)) - 1]

    def text(self) -> str:
        """The whole line."""
        return "".join(self.shown)


def cells(line: str) -> Cells:
    """A line with tabs widened to stops of four, and what could act on a terminal escaped."""
    if line.isascii() and line.isprintable() and "##[" not in line:
        return Cells(tuple(line), tuple(range(len(line) + 1)))
    unsafe = {match.start() for match in UNSAFE.finditer(line)}
    shown: list[str] = []
    offsets = [0]
    for index, character in enumerate(line):
        at = offsets[-1]
        if character == "\t":
            piece, width = " " * (_TAB - at % _TAB), _TAB - at % _TAB
        elif index in unsafe:
            piece = escaped(character)
            width = len(piece)
        else:
            piece, width = character, _width(character)
        shown.append(piece)
        offsets.append(at + width)
    return Cells(tuple(shown), tuple(offsets))


def _width(character: str) -> int:
    if character.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


class Window(NamedTuple):
    """The part of a line that fits: its text, and the cells `first` to `last` that it shows.

    `shift` is what to subtract from a cell of the line to get a cell of the text.
    """

    text: str
    first: int
    last: int
    shift: int

    def place(self, cell: int) -> int:
        """Where a cell of the line stands in the text; outside of it: at its nearer end."""
        return min(max(cell, self.first), self.last) - self.shift


def window(line: Cells, focus: int, room: int) -> Window:
    """The part of a line around the cell `focus` that fits into `room` cells (0: all of it)."""
    if not room or line.width <= room:
        return Window(line.text(), 0, line.width, 0)
    inside = max(room - 2 * len(_CUT), 1)
    start = min(max(focus - inside // 3, 0), line.width - inside)
    kept = [
        (at, piece)
        for at, end, piece in zip(line.offsets, line.offsets[1:], line.shown, strict=False)
        if at >= start and end <= start + inside
    ]
    first = kept[0][0] if kept else start
    text = "".join(piece for _, piece in kept)
    before = _CUT if first else ""
    last = max((end for end in line.offsets if first <= end <= start + inside), default=first)
    after = _CUT if last < line.width else ""
    return Window(before + text + after, first, last, first - len(before))
