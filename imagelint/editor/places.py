"""Places of a text as an editor counts them: lines from 0, columns in the units of the client."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from lsprotocol.types import Position, PositionEncodingKind, Range

if TYPE_CHECKING:
    from imagelint.core.source import Span

# https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocuments
_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTES_OF_A_UNIT = {
    PositionEncodingKind.Utf8: ("utf-8", 1),
    PositionEncodingKind.Utf16: ("utf-16-le", 2),
    PositionEncodingKind.Utf32: ("utf-32-le", 4),
}


class Places:
    """Translates between offsets of code points in one text and positions of an editor."""

    def __init__(
        self, text: str, encoding: PositionEncodingKind | str = PositionEncodingKind.Utf16
    ) -> None:
        self._text = text
        self._codec, self._size = _BYTES_OF_A_UNIT[PositionEncodingKind(encoding)]
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    @property
    def lines(self) -> int:
        """How many lines the text has; one that is empty has one."""
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """The position of an offset; beyond the text it is that of its end."""
        offset = min(max(offset, 0), len(self._text))
        line = bisect_right(self._starts, offset) - 1
        before = self._text[self._starts[line] : offset]
        return Position(line, len(before.encode(self._codec, "surrogatepass")) // self._size)

    def range(self, span: Span) -> Range:
        """The range of a span."""
        return Range(self.position(span.start), self.position(span.end))

    def whole(self) -> Range:
        """The range of the whole text."""
        return Range(Position(0, 0), self.position(len(self._text)))

    def offset(self, position: Position) -> int:
        """The offset of a position; one behind the end of its line is that of the line's end."""
        if position.line >= len(self._starts):
            return len(self._text)
        start = self._starts[position.line]
        line = _LINE_END.split(self._text[start : self.line_end(position.line)], maxsplit=1)[0]
        units = line.encode(self._codec, "surrogatepass")[: position.character * self._size]
        return start + len(units.decode(self._codec, "ignore"))

    def line_and_column(self, position: Position) -> tuple[int, int]:
        """Line and column of a position, in code points; behind the text they are of its end."""
        offset = self.offset(position)
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]

    def line_start(self, line: int) -> int:
        """The offset at which a line begins."""
        return self._starts[line] if line < len(self._starts) else len(self._text)

    def line_end(self, line: int) -> int:
        """The offset behind a line and its end."""
        return self.line_start(line + 1)

    def line(self, number: int) -> str:
        """The text of a line without its end."""
        return self._text[self.line_start(number) : self.line_end(number)].rstrip("\r\n")
