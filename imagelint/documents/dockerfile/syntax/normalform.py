"""The form of a Dockerfile that `dockerfile-parse` reads, line for line."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.syntax.words import SPACES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.dockerfile.syntax.lines import LogicalLine

_BLANK = pattern(r"[\t\v\f\r ]")
_UNREADABLE = pattern(r"[^!-~]")


def named(lines: tuple[LogicalLine, ...], count: int) -> Iterator[LogicalLine]:
    """The instructions as dockerfile-parse splits and names them."""
    from dockerfile_parse import DockerfileParser

    by_first = {line.first: line for line in lines}
    text = "\n".join(_normalised(lines, count)) + "\n"
    parser = DockerfileParser(fileobj=BytesIO(text.encode("ascii")), env_replace=False)
    for entry in parser.structure:
        line = by_first.get(entry["startline"])
        if line is not None:
            yield line._replace(keyword=_keyword(entry["instruction"], line))


def _keyword(read: str, line: LogicalLine) -> str:
    """The name that was read, or what is written when that had to be made readable."""
    return _written(line).upper() if "?" in read else read


def _written(line: LogicalLine) -> str:
    return _BLANK.split(line.text.strip(SPACES), maxsplit=1)[0]


def _normalised(lines: tuple[LogicalLine, ...], count: int) -> list[str]:
    """The same lines as dockerfile-parse reads them.

    Comments, bodies of here-documents and blank lines in continuations are comments, every
    continuation is closed, the escape character is a backslash, and the name of an instruction
    stands in its first line. Of the arguments nothing is needed, and dockerfile-parse would take
    quadratic time to join many lines of them.
    """
    normalised = ["#"] * count
    for line in lines:
        head = _UNREADABLE.sub("?", _written(line))
        if line.last == line.first:
            normalised[line.first] = f"{head} ."
        else:
            normalised[line.first] = f"{head} \\"
            normalised[line.last] = "."
    return normalised
