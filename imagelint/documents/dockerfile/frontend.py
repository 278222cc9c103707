"""Which files are Dockerfiles to the build: what `# syntax=` names, and how long lines may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.dockerfile.reading import parse_dockerfile
from imagelint.documents.dockerfile.syntax.lines import Directive
from imagelint.documents.dockerfile.syntax.source import read_directives

if TYPE_CHECKING:
    from imagelint.core.source import Source
    from imagelint.documents.dockerfile.document import Dockerfile
    from imagelint.documents.kinds import Beside

# docker/dockerfile, docker/dockerfile-upstream and what carries them elsewhere under their name.
# https://docs.docker.com/build/buildkit/frontend/
_SAME_LANGUAGE = pattern(r"(?:.*/)?dockerfile(?:-upstream)?(?:[:@].*)?")
# bufio.MaxScanTokenSize of Go, with which the build reads lines
_SLASHED = pattern(
    r"//\s*(?P<name>[a-zA-Z][a-zA-Z0-9]*)\s*=[^\S\n]*(?P<value>\S(?:[^\n]*\S)?)[^\S\n]*(?:\n|\Z)"
)
_NAMES = ("syntax", "escape", "check")
_BYTE_ORDER_MARK = "\ufeff"
_LONGEST_LINE = 65_535
_WIDEST = 4  # bytes of a character
_SHOWN = 20


def read_dockerfile(source: Source, read: Beside = lambda _name: None) -> Dockerfile:
    """Read a Dockerfile; what cannot be read of it is a complaint at its place.

    `read` gives the texts of the scripts that it runs, by their names relative to its folder.

    Raises:
        DocumentError: it is written in another language, or has a line that the build cannot read.
    """
    _refuse_long_lines(source.text)
    directive = read_syntax(source.text)
    refused = None if directive is None else other_language(directive.value, directive.span)
    if refused is not None:
        raise refused
    return parse_dockerfile(source, read=read)


def read_syntax(text: str) -> Directive | None:
    """What names the language of a text, in any of the forms that the build looks for.

    `# syntax=`, also behind a `#!` line; `// syntax=`; a JSON object with a key `syntax`.
    https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/directives.go
    """
    start = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    if text.startswith("#!", start):
        start = text.find("\n", start) + 1 or len(text)
    body = text[start:] if start else text
    found = [one for one in read_directives(body) if one.name == "syntax"]
    directive = found[0] if found else _slashed(body) or _in_json(body)
    if directive is None:
        return None
    span = Span(directive.span.start + start, directive.span.end + start)
    return directive._replace(span=span)


def _slashed(text: str) -> Directive | None:
    at = 0
    while (match := _SLASHED.match(text, at)) is not None and match["name"].lower() in _NAMES:
        if match["name"].lower() == "syntax":
            return Directive(Span(match.start(), match.end("value")), "syntax", match["value"])
        at = match.end()
    return None


def _in_json(text: str) -> Directive | None:
    if not text.lstrip().startswith("{"):
        return None
    import json

    try:
        syntax = json.loads(text).get("syntax")
    except (ValueError, RecursionError):
        return None
    at = text.find('"syntax"')
    place = Span(max(at, 0), max(at, 0) + len('"syntax"'))
    return (
        Directive(place, "syntax", syntax) if isinstance(syntax, str) and syntax.strip() else None
    )


def other_language(frontend: str, place: Span) -> DocumentError | None:
    """Why what a frontend is to read is not examined; None where that is a Dockerfile to it."""
    name = frontend.partition(" ")[0]
    if _SAME_LANGUAGE.fullmatch(name):
        return None
    message = f"this is the language of {name[:60]}, which is not read"
    help_ = "check what it makes of the file, or use `# syntax=docker/dockerfile:1`"
    return DocumentError(ProblemKind.UNPARSABLE, message, place, help_)


def _refuse_long_lines(text: str) -> None:
    if len(text) * _WIDEST <= _LONGEST_LINE:
        return
    start = 0
    for line in text.split("\n"):
        if len(line) * _WIDEST > _LONGEST_LINE and len(line.encode()) > _LONGEST_LINE:
            message = f"a line has more than {_LONGEST_LINE:,} bytes: the build refuses the file"
            help_ = "divide it, or copy a file in its place"
            raise DocumentError(ProblemKind.TOO_LARGE, message, Span(start, start + _SHOWN), help_)
        start += len(line) + 1
