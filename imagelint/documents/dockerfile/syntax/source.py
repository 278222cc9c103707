"""The lines of a Dockerfile: BuildKit's rules for directives, comments and continuations.

`dockerfile-parse` splits the text into instructions. It knows neither here-documents nor blank
lines inside a continuation, so it is given each instruction in the form that it reads, on a line of
its own, and each gets back its exact characters in the original. The rules are those of
`frontend/dockerfile/parser/parser.go` of moby/buildkit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.complaints import (
    DuplicateDirective,
    InvalidCheckDirective,
    InvalidEscapeDirective,
    MisspeltDirective,
    UnknownInstruction,
    UnterminatedHereDocument,
)
from imagelint.documents.dockerfile.syntax.heredocs import (
    HereDocWord,
    heredoc_words,
    may_hold_heredocs,
)
from imagelint.documents.dockerfile.syntax.lines import (
    Directive,
    DockerfileLines,
    HereDocBody,
    LogicalLine,
)
from imagelint.documents.dockerfile.syntax.normalform import named
from imagelint.documents.dockerfile.syntax.words import SPACES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Complaint

_BOM = "\ufeff"
_DIRECTIVE = pattern(rf"#[{SPACES}]*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S(?:.*\S)?|.)\s*$")
_DIRECTIVES = ("syntax", "escape", "check")
_NEARLY = pattern(rf"#[{SPACES}]*([a-zA-Z]+)\s*([=:])\s*(\S+)\s*$")
_CLOSE = 0.7
_FITS = {
    "syntax": pattern(r"(?:[\w.-]+(?::\d+)?/)+dockerfile\b"),
    "escape": pattern(r"[\\`]$"),
    "check": pattern(r"(?:skip|error|experimental)="),
}


def read_directives(text: str) -> tuple[Directive, ...]:
    """The parser directives in the first lines of a text."""
    scanner = _Scanner(text if text.startswith(("#", " ", "\t", _BOM)) else "")
    scanner.head()
    return tuple(scanner.directives)


def read_layout(text: str) -> DockerfileLines:
    """Split a text into instructions. Never raises."""
    scanner = _Scanner(text)
    lines = tuple(scanner.lines())
    return DockerfileLines(
        tuple(scanner.directives),
        scanner.escape,
        tuple(scanner.comments),
        tuple(named(lines)),
        tuple(scanner.complaints),
    )


class _Scanner:
    """Goes over the physical lines once."""

    __slots__ = (
        "_at",
        "_directives_over",
        "_offsets",
        "comments",
        "complaints",
        "directives",
        "escape",
        "physical",
    )

    def __init__(self, text: str) -> None:
        self.physical = text.split("\n")
        if not self.physical[-1]:
            self.physical.pop()
        self._offsets = _offsets(self.physical)
        if text.startswith(_BOM):
            self.physical[0] = self.physical[0][1:]
            self._offsets[0] = 1
        self._at = 0
        self._directives_over = False
        self.escape = "\\"
        self.directives: list[Directive] = []
        self.comments: list[Span] = []
        self.complaints: list[Complaint] = []

    def head(self) -> None:
        """Read the directives alone."""
        for line, offset in zip(self.physical, self._offsets, strict=True):
            bare = line.rstrip("\r").lstrip(SPACES)
            self._directive(bare, offset + len(line.rstrip("\r")) - len(bare))
            if self._directives_over:
                return

    def lines(self) -> Iterator[LogicalLine]:
        """The instructions in order."""
        while self._at < len(self.physical):
            line = self.physical[self._at].rstrip("\r")
            bare = line.lstrip(SPACES)
            start = self._offsets[self._at] + len(line) - len(bare)
            self._at += 1
            self._directive(bare, start)
            if not bare:
                continue
            if bare[0] == "#":
                self.comments.append(Span(start, start + len(bare)))
                continue
            logical = self._joined(bare, start)
            if logical is not None:
                yield self._with_bodies(logical)

    def _directive(self, bare: str, start: int) -> None:
        if self._directives_over:
            return
        match = _DIRECTIVE.match(bare)
        name = match[1].lower() if match else ""
        if match is None or name not in _DIRECTIVES:
            self._directives_over = True
            self._misspelt(bare, start)
            return
        span = Span(start, start + len(bare))
        if any(known.name == name for known in self.directives):
            message = f"only one {name} directive can be used"
            self.complaints.append(DuplicateDirective(span, name, message, "remove one of them"))
            return
        self.directives.append(Directive(span, name, match[2]))
        if name == "escape":
            self._set_escape(span, match[2])
        elif name == "check":
            self._read_check(match[2], start + match.start(2))

    def _misspelt(self, bare: str, start: int) -> None:
        match = _NEARLY.match(bare)
        if match is None:
            return
        name, equals, value = match.groups()
        near = _nearest(name.lower())
        if not near or (near == name.lower() and equals == "=") or not _FITS[near].match(value):
            return
        span = Span(start + match.start(1), start + match.start(3))
        message = f"{name}{equals} is a comment, and no directive"
        help_ = f"write `# {near}=…`"
        self.complaints.append(MisspeltDirective(span, name, message, help_, f"{near}="))

    def _set_escape(self, span: Span, value: str) -> None:
        if value in ("\\", "`"):
            self.escape = value
            return
        message = f"the escape character cannot be {value[:20]}"
        self.complaints.append(InvalidEscapeDirective(span, value, message, "use \\ or `"))

    def _read_check(self, value: str, start: int) -> None:
        from imagelint.documents.dockerfile.syntax.checks import check_options

        for option in check_options(value):
            if option.fault:
                written = option.text.strip()
                first = start + option.text.index(written)
                span = Span(first, first + len(written)) if written else Span(start - 1, start)
                help_ = "write `skip=…` and `error=true`, with `;` between them"
                said = f"the build ends at this `check`: {option.fault}"
                self.complaints.append(InvalidCheckDirective(span, written, said, help_))
                return
            start += len(option.text) + 1

    def _joined(self, bare: str, start: int) -> LogicalLine | None:
        """The instruction that begins with this line; None when nothing is there."""
        first = self._at - 1
        piece, open_ = self._continued(bare)
        pieces, offsets = [piece], [start]
        end = start + len(bare)
        while open_ and self._at < len(self.physical):
            line = self.physical[self._at].rstrip("\r")
            offset = self._offsets[self._at]
            self._at += 1
            inner = line.lstrip(SPACES)
            if not inner:
                continue
            if inner[0] == "#":
                begin = offset + len(line) - len(inner)
                self.comments.append(Span(begin, offset + len(line)))
                continue
            piece, open_ = self._continued(line)
            pieces.append(piece)
            offsets.append(offset)
            end = offset + len(line)
        text = "".join(pieces)
        if not text.strip(SPACES):
            message = "a line that goes on ends the file: there is no instruction"
            span = Span(start, start + len(bare))
            self.complaints.append(UnknownInstruction(span, bare[:20], message, "remove it"))
            return None
        if len(pieces) == 1:
            return LogicalLine(text, (0,), (start,), first, self._at - 1, end)
        starts = _offsets(pieces, gap=0)
        return LogicalLine(text, tuple(starts), tuple(offsets), first, self._at - 1, end)

    def _continued(self, line: str) -> tuple[str, bool]:
        """The line without its continuation character, and whether it has one."""
        trimmed = line.rstrip(" \t")
        escape = self.escape
        if trimmed.endswith(escape) and trimmed[-2:-1] != escape:
            return trimmed[:-1], True
        return line, False

    def _with_bodies(self, line: LogicalLine) -> LogicalLine:
        if "<<" not in line.text or not may_hold_heredocs(line.text, self.escape):
            return line
        bodies = tuple(self._body(word) for word in heredoc_words(line.text))
        if not bodies:
            return line
        self._complain_about(bodies, line)
        end = max(line.end, self._line_end(self._at - 1))
        return line._replace(bodies=bodies, last=self._at - 1, end=end)

    def _complain_about(self, bodies: tuple[HereDocBody, ...], line: LogicalLine) -> None:
        # The first that is not ended takes the rest of the file, so those behind it have none.
        open_ = next((body.word for body in bodies if not body.terminated), None)
        if open_ is not None:
            place = line.original(open_.start, open_.end)
            message = f"the here-document {open_.name} is not ended"
            help_ = f"put a line with only {open_.name} behind it"
            self.complaints.append(UnterminatedHereDocument(place, open_.name, message, help_))

    def _body(self, word: HereDocWord) -> HereDocBody:
        start = self._offsets[self._at] if self._at < len(self.physical) else self._text_end()
        while self._at < len(self.physical):
            candidate = self.physical[self._at].rstrip("\r")
            if word.chomp:
                candidate = candidate.lstrip("\t")
            self._at += 1
            if candidate == word.name:
                return HereDocBody(word, Span(start, self._offsets[self._at - 1]), terminated=True)
        return HereDocBody(word, Span(start, self._text_end()), terminated=False)

    def _line_end(self, number: int) -> int:
        return self._offsets[number] + len(self.physical[number].rstrip("\r"))

    def _text_end(self) -> int:
        """The end of the last line, without a line feed."""
        return self._offsets[-1] + len(self.physical[-1])


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, _DIRECTIVES, n=1, cutoff=_CLOSE)
    return close[0] if close else ""


def _offsets(lines: list[str], gap: int = 1) -> list[int]:
    offsets = []
    at = 0
    for line in lines:
        offsets.append(at)
        at += len(line) + gap
    return offsets
