"""Markdown: the fenced blocks in it are documents of their own, each at its place.

https://spec.commonmark.org/0.31.2/#fenced-code-blocks
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source, Span
from imagelint.documents.base import Document, DocumentError, Embedded
from imagelint.documents.mapped import MappedText

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING = pattern(r"(?P<before>[ \t>]*+(?:[-*+][ \t]+)?)(?P<mark>`{3,}+|~{3,}+)(?P<info>[^\n]*)")
_PROMPT = pattern(r"[ \t]*[$#%] ")
_WORD = pattern(r"[A-Za-z][\w.+-]*")
# By the first word behind the fence: what it names there may be examined.
_NAMES = {
    **dict.fromkeys(("dockerfile", "docker", "containerfile"), "Dockerfile"),
    **dict.fromkeys(("yaml", "yml", "compose", "docker-compose", "kubernetes"), "block.yaml"),
    **dict.fromkeys(("json", "jsonc"), "block.json"),
    **dict.fromkeys(("makefile", "make", "mk"), "Makefile"),
    **dict.fromkeys(("sh", "bash", "shell", "zsh", "ksh"), "block.sh"),
}
_SESSIONS = ("console", "terminal", "shell-session", "shellsession", "sh-session", "bash-session")
_MOST = 1_000


class _Fence(NamedTuple):
    """A fenced block: the name that a file of its language has, its text, and its opening line."""

    name: str
    text: MappedText
    span: Span


class Markdown(Document):
    """The blocks of a text that are documents."""

    kind: ClassVar[str] = "markdown"
    __slots__ = ()


def parse_markdown(source: Source) -> Markdown:
    """Read a text. A block that cannot be read is a gap, what is no document is none."""
    document = Markdown(source)
    found: list[Embedded] = []
    gaps: list[DocumentError] = []
    for number, fence in enumerate(_fences(source.text)):
        if number == _MOST:
            message = f"more than {_MOST:,} blocks are not examined"
            gaps.append(DocumentError(ProblemKind.TOO_LARGE, message, fence.span))
            break
        try:
            embedded = _document(source, fence)
        except DocumentError as error:
            message = f"a block cannot be examined: {error.message}"
            place = fence.text.place(*error.span) if error.span is not None else fence.span
            gaps.append(DocumentError(error.kind, message, place, error.help))
        else:
            found += [embedded] if embedded is not None else []
    document.embedded, document.gaps = tuple(found), tuple(gaps)
    return document


def _document(source: Source, fence: _Fence) -> Embedded | None:
    from imagelint.documents.detect import detect, parse

    kind = detect(fence.name, fence.text.text)
    if not kind or kind == Markdown.kind:
        return None
    inner = parse(Source(source.origin, fence.text.text), kind)
    return Embedded(inner, fence.text)


def _fences(text: str) -> Iterator[_Fence]:
    lines = _lines(text)
    for start, line in lines:
        opening = _OPENING.match(line)
        if opening is None or (opening["mark"][0] == "`" and "`" in opening["info"]):
            continue
        word = _WORD.search(opening["info"])
        language = word[0].lower() if word else ""
        body = tuple(_body(lines, opening["mark"]))
        name = "block.sh" if language in _SESSIONS else _NAMES.get(language, "")
        if name and body:
            session = name == "block.sh" and any(_PROMPT.match(one) for _, one in body)
            indent = len(opening["before"])
            mapped = _mapped(text, body, indent, session=session)
            yield _Fence(name, mapped, Span(start + opening.start("mark"), start + len(line)))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line.rstrip("\r\n")
        at += len(line)


def _body(lines: Iterator[tuple[int, str]], mark: str) -> Iterator[tuple[int, str]]:
    """The lines up to the closing fence, which is at least as long."""
    for start, line in lines:
        bare = line.strip("> \t")
        if len(bare) >= len(mark) and not bare.strip(mark[0]):
            return
        yield start, line


def _mapped(
    text: str, body: tuple[tuple[int, str], ...], indent: int, *, session: bool
) -> MappedText:
    """The text of a block without the indentation of its fence; of a session what is typed."""
    chosen: list[int] = []
    goes_on = False
    for start, line in body:
        begin = min(indent, len(line) - len(line.lstrip("> \t")))
        if session:
            prompt = _PROMPT.match(line)
            if prompt is None and not goes_on:
                continue
            begin = prompt.end() if prompt is not None else begin
            goes_on = line.endswith("\\")
        end = start + len(line)
        # The line feed, unless the text ends with the line.
        chosen += range(start + begin, min(end + 1, len(text)))
    span = Span(body[0][0], body[-1][0] + len(body[-1][1]))
    return MappedText(text, Span(0, len(text)), range(len(text))).select(chosen, span)
