"""Which files are Dockerfiles to the build: what `# syntax=` names, and how long lines may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.dockerfile.reading import parse_dockerfile
from imagelint.documents.dockerfile.syntax.source import read_directives

if TYPE_CHECKING:
    from imagelint.core.source import Source
    from imagelint.documents.dockerfile.document import Dockerfile
    from imagelint.documents.dockerfile.syntax.lines import Directive
    from imagelint.documents.kinds import Beside

# docker/dockerfile, docker/dockerfile-upstream and what carries them elsewhere under their name.
# https://docs.docker.com/build/buildkit/frontend/
_SAME_LANGUAGE = pattern(r"(?:.*/)?dockerfile(?:-upstream)?(?:[:@].*)?")
# bufio.MaxScanTokenSize of Go, with which the build reads lines
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
    for directive in read_directives(source.text):
        if directive.name == "syntax":
            _refuse_other_language(directive)
    return parse_dockerfile(source, read=read)


def _refuse_other_language(directive: Directive) -> None:
    frontend = directive.value.split()[0]
    if _SAME_LANGUAGE.fullmatch(frontend):
        return
    message = f"this is the language of {frontend[:60]}, which is not read"
    help_ = "check what it makes of the file, or use `# syntax=docker/dockerfile:1`"
    raise DocumentError(ProblemKind.UNPARSABLE, message, directive.span, help_)


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
