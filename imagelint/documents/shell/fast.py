"""Scripts of plain words, joined by `&&`, `||`, `;` and `|`: most of what Dockerfiles hold.

What is read here is read as the grammar of bash reads it; everything else is left to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.shell.lists import CHOICES, PIPES, PROBES, Link, pipelines
from imagelint.documents.shell.reader import CommandPosition, RawCommand, RawRedirect

if TYPE_CHECKING:
    from imagelint.documents.shell.reader import Range, Reader

_VARIABLE = r"\$(?:[A-Za-z_]\w*+|\{[A-Za-z_]\w*+\})"
_TOKEN = pattern(
    r"(?P<blank>(?:\\\r?\n)*+[ \t](?:[ \t]|\\\r?\n)*+)"
    r"|(?P<redirect>[0-9]*+(?:>>|>&|>(?![(|])|<&|<(?![<(>]))|&>>?)"
    rf"|(?P<word>(?:[\w./:=@,+%~*?\]\[-]++|'[^'\\]*+'|\"(?:[^\"\\$`]++|\\[\"\\$`]|{_VARIABLE})*+\""
    rf"|{_VARIABLE})++)(?=[\s;&|<>\\]|$)"
    r"|(?P<operator>&&|\|\|(?!\|)|;(?![;&])|\|(?![|&])|\r?\n)",
    re.ASCII,
)
_ASSIGNMENT = pattern(r"[A-Za-z_]\w*=", re.ASCII)
_JOINING = CHOICES | PIPES
# Words that mean something to the grammar where a command starts, and commands whose words it
# reads in its own way.
_RESERVED = frozenset(
    {"if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac"}
    | {"select", "function", "coproc", "export", "declare", "typeset", "readonly", "local"}
    | {"unset", "unsetenv"}
)
_ODD = frozenset("-+@%,:*?]~=")  # the grammar has its own ideas about commands that start so


def read_fast(reader: Reader) -> bool:
    """Read a text if it is plain; False, with nothing done, when it is not."""
    links = _links(reader.text)
    if links is None:
        return False
    _emit_all(reader, links)
    return True


class _Scan:
    """The commands as they are found. What answers False found something that is not plain."""

    __slots__ = (
        "_assignments",
        "_end",
        "_operator",
        "_redirect",
        "_redirects",
        "_start",
        "_words",
        "links",
    )

    def __init__(self) -> None:
        self.links: list[Link[RawCommand]] = []
        self._operator = ""
        self._clear()

    def _clear(self) -> None:
        self._words: list[Range] = []
        self._assignments: list[Range] = []
        self._redirects: list[RawRedirect] = []
        self._redirect: re.Match[str] | None = None
        self._start = self._end = -1

    def take(self, match: re.Match[str]) -> bool:
        """Take the next token."""
        kind = match.lastgroup
        if kind == "blank":
            return True
        if kind == "word":
            return self._target(match) if self._redirect else self._word(match[0], match.span())
        if self._redirect is not None:
            return False
        if kind == "redirect":
            self._redirect = match
            return bool(self._words)
        return self._command(match[0])

    def end(self) -> bool:
        """Take the end of the text."""
        if self._redirect is not None:
            return False
        if self._start < 0:
            return self._operator not in _JOINING
        return self._command("")

    def _target(self, match: re.Match[str]) -> bool:
        if self._redirect is not None:
            whole = (self._redirect.start(), match.end())
            self._redirects.append(RawRedirect(whole, self._redirect[0], match.span()))
            self._redirect = None
        return True

    def _word(self, text: str, piece: Range) -> bool:
        if text[0] == "#" or self._redirects:
            return False
        if not self._words:
            if text[0] in _ODD or text in _RESERVED or "[" in text:
                return False
            if self._start < 0:
                self._start = piece[0]
            if _ASSIGNMENT.match(text):
                self._assignments.append(piece)
                self._end = piece[1]
                return True
            if "=" in text:
                return False
        self._words.append(piece)
        self._end = piece[1]
        return True

    def _command(self, operator: str) -> bool:
        if self._start < 0:  # only line feeds stand where no command does
            return operator[-1:] == "\n"
        whole = (self._start, self._end)
        words = tuple(self._words)
        simple = RawCommand(whole, words, tuple(self._assignments), tuple(self._redirects))
        self.links.append(Link(self._operator, simple))
        self._clear()
        self._operator = operator
        return True


def _links(text: str) -> list[Link[RawCommand]] | None:
    scan = _Scan()
    at = 0
    end = len(text)
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or not scan.take(match):
            return None
        at = match.end()
    return scan.links if scan.end() else None


def _emit_all(reader: Reader, links: list[Link[RawCommand]]) -> None:
    text = reader.text
    for pipeline in pipelines(links, lambda simple: _is_probe(text, simple)):
        unconditional = reader.unconditional and pipeline.sure
        if len(pipeline.stages) == 1:
            reader.emit(pipeline.stages[0], CommandPosition(-1, 0, unconditional))
        else:
            _emit_pipeline(reader, pipeline.stages, unconditional=unconditional)


def _emit_pipeline(reader: Reader, stages: tuple[RawCommand, ...], *, unconditional: bool) -> None:
    pipe = reader.output.new_pipe()
    outside = reader.scope
    for number, simple in enumerate(stages):
        reader.scope = outside.copy()
        reader.emit(simple, CommandPosition(pipe, number, unconditional))
    reader.scope = outside


def _is_probe(text: str, simple: RawCommand) -> bool:
    return bool(simple.words) and text[slice(*simple.words[0])] in PROBES
