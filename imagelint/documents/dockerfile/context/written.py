"""What a command writes, with the way back: `echo`, `printf`, `cat` and `tee` of known words.

A script that a build makes with them is read where it is written. What only the build knows (a
variable without a value, a substitution) is a variable in it that nobody knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.shell.quoted import SUBSTITUTED, substitution_end
from imagelint.documents.shell.shells import is_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imagelint.documents.shell.script import Command, Word

LONGEST = 200_000
"""Characters of a text that is put together."""
_FILLED = r"\$(?:\w+|\{[^{}\n]*\}|[@*#?!$-])"
_OPENER = r"(?P<opener>\$\(|`)"
_BARE = pattern(
    rf"'(?P<single>[^']*)'|(?P<quote>\")|\\(?P<gone>\r?\n)|\\(?P<escape>.)"
    rf"|{_OPENER}|(?P<filled>\$'(?:[^'\\]|\\.)*'|{_FILLED})|(?P<plain>[^'\"\\`$]+|.)",
    re.DOTALL | re.ASCII,
)
_QUOTED = pattern(
    rf"(?P<quote>\")|\\(?P<gone>\r?\n)|\\(?P<escape>[\"\\$`])"
    rf"|{_OPENER}|(?P<filled>{_FILLED})|(?P<plain>[^\"\\`$]+|.)",
    re.DOTALL | re.ASCII,
)
_UNBROKEN = pattern(r"\\\r?\n|([^\\]+|\\)")
_ESCAPE = pattern(r"\\(.)", re.DOTALL)
# https://pubs.opengroup.org/onlinepubs/9799919799/utilities/echo.html
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
# Others have a meaning in one shell and none in the next.
_UNSURE = frozenset("abcefuvxEUN0123456789")
_OF_FORMAT = {**_ESCAPES, '"': '"', "'": "'"}
_FORMAT = pattern(r"\\(?P<escape>.)|%(?P<value>[sb])|%(?P<percent>%)|(?P<plain>[^\\%]+)", re.DOTALL)

_SILENT = frozenset(
    (":", "true", "false", "[", "[[", "test", "set", "cd", "export", "mkdir", "chmod", "exit")
)


class _Piece(NamedTuple):
    """A part of a word as written: the text that it stands for, None where a shell fills it in."""

    start: int
    end: int
    text: str | None


class _Text:
    """A text as it is put together, each of its characters with its place."""

    __slots__ = ("_ends", "_parts", "_starts", "last")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.last = 0

    def add(self, text: str, place: Span) -> None:
        """Text that stands at a place: character for character, or all of it as a whole."""
        self._parts.append(text)
        if len(text) == place.end - place.start:
            self._starts += range(place.start, place.end)
            self._ends += range(place.start + 1, place.end + 1)
        else:
            self._starts += [place.start] * len(text)
            self._ends += [place.end] * len(text)
        self.last = place.end

    def append(self, mapped: MappedText) -> None:
        """Another text behind this one."""
        for at, character in enumerate(mapped.text):
            self.add(character, mapped.place(at, at + 1))

    @property
    def is_full(self) -> bool:
        """Whether it is longer than what is read."""
        return len(self._starts) > LONGEST

    def result(self) -> MappedText | None:
        """The whole; None where it is too long."""
        if self.is_full:
            return None
        text = "".join(self._parts)
        whole = Span(min(self._starts, default=self.last), max(self._ends, default=self.last))
        starts: Sequence[int] = self._starts
        if whole.end - whole.start == len(text) and starts == [*range(*whole)]:
            return MappedText.verbatim(text, whole.start)
        return MappedText(text, whole, tuple(starts), tuple(self._ends))


def joined(texts: Sequence[MappedText]) -> MappedText | None:
    """Several texts behind one another; None where they come to more than is read."""
    if len(texts) == 1:
        return texts[0]
    together = _Text()
    for text in texts:
        together.append(text)
    return together.result()


def output_text(command: Command, given: MappedText | None, shell: str) -> MappedText | None:
    """What a command writes to its output; None where that is not known.

    Args:
        command: The command, whatever its output is redirected to.
        given: What the command before it in its pipeline hands to it.
        shell: The base name of the shell, on which `echo` depends.
    """
    if not command.words:  # `> FILE`
        return MappedText.verbatim("", command.span.start)
    here = next((one for one in command.redirects if one.operator.startswith("<")), None)
    if here is not None:
        body = here.operator.startswith("<<") and here.operator != "<<<" and here.target
        given = text_of(body, document=True) if body else None
    if command.program in _SILENT:
        return MappedText.verbatim("", command.span.start)
    writer = _WRITERS.get(command.program)
    return writer(command, given, shell) if writer is not None else None


def text_of(word: Word, *, document: bool = False) -> MappedText | None:
    """What a word comes to, character for character; `document` is the body of a here-document."""
    known = word.value.value if isinstance(word.value, Known) else None
    if len(word.raw) != word.span.end - word.span.start:
        return None if known is None else MappedText(known, word.span, ())
    if known == word.raw:
        return MappedText.verbatim(known, word.span.start)
    pieces = list(_pieces(word.raw, document=document))
    text = _Text()
    text.last = word.span.start
    at = 0
    for number, piece in enumerate(pieces):
        found = piece.text
        if found is None:
            found = SUBSTITUTED
            if known is not None:
                behind = next((one.text for one in pieces[number + 1 :] if one.text), None)
                end = len(known) if behind is None else known.find(behind, at)
                found = known[at : max(end, at)]
        at += len(found)
        text.add(found, Span(word.span.start + piece.start, word.span.start + piece.end))
    result = text.result()
    if known is not None and (result is None or result.text != known):
        return MappedText(known, word.span, ())
    return result


def _pieces(raw: str, *, document: bool) -> Iterator[_Piece]:
    quoted = document
    at = 0
    while at < len(raw):
        match = (_QUOTED if quoted else _BARE).match(raw, at)
        if match is None:  # a lone backslash at the end
            yield _Piece(at, at + 1, raw[at])
            return
        start, at = match.span()
        kind = match.lastgroup
        if kind == "quote" and not document:
            quoted = not quoted
        elif kind == "single":
            yield from _unbroken(match["single"], start + 1)
        elif kind in ("opener", "filled"):
            at = at if kind == "filled" else substitution_end(raw, at, match[0])
            yield _Piece(start, at, None)
        elif kind != "gone":
            yield _Piece(start, at, _stands_for(match, document=document))


def _unbroken(text: str, start: int) -> Iterator[_Piece]:
    """What stands in single quotes, without the continuations of a Dockerfile."""
    for part in _UNBROKEN.finditer(text):
        if part[1]:
            yield _Piece(start + part.start(1), start + part.end(1), part[1])


def _stands_for(match: re.Match[str], *, document: bool) -> str:
    """What an escape or plain text stands for; in a here-document a quote means nothing."""
    escape = match["escape"]
    return match[0] if escape is None or (document and escape == '"') else escape


def _echo(command: Command, _given: MappedText | None, shell: str) -> MappedText | None:
    """The words with blanks between them; dash heeds escapes unasked, bash does not."""
    words = list(command.words[1:])
    options = ""
    while words and is_cluster(words[0].text) and not words[0].text.strip("-neE"):
        options += words.pop(0).text
    text = _Text()
    text.last = command.words[0].span.end
    for number, word in enumerate(words):
        one = text_of(word)
        if one is None:
            return None
        if number:
            text.add(" ", Span(text.last, text.last))
        text.append(one)
    if "n" not in options:
        text.add("\n", Span(text.last, text.last))
    result = text.result()
    if result is None or "\\" not in result.text or "E" in options:
        return result
    return _unescaped(result) if "e" in options or shell != "bash" else None


def _unescaped(mapped: MappedText) -> MappedText | None:
    escapes = list(_ESCAPE.finditer(mapped.text))
    if any(match[1] in _UNSURE for match in escapes):
        return None
    return mapped.replaced((*match.span(), _ESCAPES.get(match[1], match[0])) for match in escapes)


def _printf(command: Command, _given: MappedText | None, _shell: str) -> MappedText | None:
    """The format, used again for the words that are left."""
    words = list(command.words[1:])
    if words and words[0].text == "--":
        words = words[1:]
    if not words or words[0].text.startswith("-"):
        return None
    told = [text_of(word) for word in words]
    known = [one for one in told if one is not None]
    if len(known) != len(told):
        return None
    form, values = known[0], known[1:]
    text = _Text()
    text.last = form.span.start
    while True:
        left = len(values)
        if text.is_full or not _formatted(form, values, text):
            return None
        if not values or len(values) == left:
            return text.result()


def _formatted(form: MappedText, values: list[MappedText], text: _Text) -> bool:
    """Use a format once, for the first of some values; false where it holds something else."""
    at = 0
    for match in _FORMAT.finditer(form.text):
        made = _made(match, form, values) if match.start() == at else None
        if made is None:
            return False
        text.append(made)
        at = match.end()
    return at == len(form.text)


def _made(match: re.Match[str], form: MappedText, values: list[MappedText]) -> MappedText | None:
    """What a part of a format becomes, which takes away the value that it uses; None: unknown."""
    place = form.place(*match.span())
    if match["plain"]:
        return form.select(range(*match.span()), place)
    if match["value"]:
        value = values.pop(0) if values else MappedText("", place, ())
        return _unescaped(value) if match["value"] == "b" else value
    meant = "%" if match["percent"] else _OF_FORMAT.get(match["escape"])
    return None if meant is None else MappedText(meant, place, ())


def _cat(command: Command, given: MappedText | None, _shell: str) -> MappedText | None:
    others = [word for word in command.words[1:] if word.text not in ("-", "/dev/stdin", "-u")]
    return given if not others else None


def _tee(_command: Command, given: MappedText | None, _shell: str) -> MappedText | None:
    return given


_WRITERS: Mapping[str, Callable[[Command, MappedText | None, str], MappedText | None]] = {
    "echo": _echo,
    "printf": _printf,
    "cat": _cat,
    "tee": _tee,
}
