"""The lines of a Dockerfile, and the way back from a joined line to the original text."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.source import Span

if TYPE_CHECKING:
    from imagelint.documents.base import Complaint
    from imagelint.documents.dockerfile.syntax.heredocs import HereDocWord


_new = tuple.__new__  # a record without its constructor, in half of the time


CHECK_ARGUMENT = "BUILDKIT_DOCKERFILE_CHECK"
"""The argument of a build that says what `# check=` says, and in its place.

`keyDockerfileLintArg` in frontend/dockerui/config.go of moby/buildkit.
"""


class Directive(NamedTuple):
    """`# name=value` in the first lines; the name is in lower case."""

    span: Span
    name: str
    value: str


class HereDocBody(NamedTuple):
    """The body of a here-document; `span` ends behind its last line feed."""

    word: HereDocWord
    span: Span
    terminated: bool


class LogicalLine(NamedTuple):
    """One instruction, joined as BuildKit joins it.

    `text` is the joined text, `starts` and `offsets` tell for each piece of it where it begins in
    `text` and in the original. `first` and `last` count lines from 0, the last with bodies.
    `end` is where the last line ends in the original.
    """

    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]
    first: int
    last: int
    end: int
    bodies: tuple[HereDocBody, ...] = ()
    keyword: str = ""

    def original(self, start: int, end: int) -> Span:
        """Where a part of the joined text stands in the original."""
        if len(self.starts) == 1:
            shift = self.offsets[0]
            return _new(Span, (shift + start, shift + (max(start, end))))
        begin = self._offset(start)
        if start >= end:
            return Span(begin, begin)
        return _new(Span, (begin, self._offset(end - 1) + 1))

    def _offset(self, at: int) -> int:
        piece = bisect_right(self.starts, at) - 1
        return self.offsets[piece] + at - self.starts[piece]


class DockerfileLines(NamedTuple):
    """A Dockerfile in lines: directives, comments (their spans), instructions, complaints."""

    directives: tuple[Directive, ...]
    escape: str
    comments: tuple[Span, ...]
    lines: tuple[LogicalLine, ...]
    complaints: tuple[Complaint, ...]
