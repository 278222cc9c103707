"""The form of a Dockerfile that `dockerfile-parse` reads: an instruction a line."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.syntax.lines import LogicalLine
from imagelint.documents.dockerfile.syntax.words import SPACES

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANK = pattern(r"[\t\v\f\r ]")
_UNREADABLE = pattern(r"[^!-~]")


def named(lines: tuple[LogicalLine, ...]) -> Iterator[LogicalLine]:
    """The instructions as dockerfile-parse splits and names them."""
    from dockerfile_parse import DockerfileParser

    text = "".join(map(_normalised, lines))
    parser = DockerfileParser(fileobj=BytesIO(text.encode("ascii")), env_replace=False)
    for entry in parser.structure:
        line = lines[entry["startline"]]
        yield LogicalLine._make((*line[:-1], _keyword(entry["instruction"], line)))


def _keyword(read: str, line: LogicalLine) -> str:
    """The name that was read, or what is written when that had to be made readable."""
    return _written(line).upper() if "?" in read else read


def _written(line: LogicalLine) -> str:
    return _BLANK.split(line.text.strip(SPACES), maxsplit=1)[0]


def _normalised(line: LogicalLine) -> str:
    """The same instruction as dockerfile-parse reads it: its name, and something behind it.

    Comments, continuations and bodies of here-documents have been read. Of the arguments nothing is
    needed, and dockerfile-parse would take quadratic time to join many lines of them.
    """
    name = _written(line)
    if not name.isascii() or not name.isprintable():
        name = _UNREADABLE.sub("?", name)
    return f"{name} .\n"
