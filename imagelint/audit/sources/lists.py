"""References one by one: on the command line, in a file, on standard input.

That is how images of any registry get here whose programs can list them: one reference a line, `#`
begins a comment, what stands behind the reference (a size, a date) is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.audit.targets import target_of
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.audit.sources.model import Found


class ReferenceList:
    """References, each on a line."""

    def __init__(self, name: str, lines: Iterable[str]) -> None:
        self.name = name
        self._lines = lines

    def targets(self) -> Iterator[Found]:
        """The images; a line that is no reference is a problem."""
        for number, line in enumerate(self._lines, 1):
            words = line.partition("#")[0].split()
            if not words:
                continue
            found = target_of(words[0].removeprefix("docker://"))
            origin = f"{self.name}:{number}"
            yield found or _unread(origin, words[0])
            more = next((word for word in words[1:] if _is_named(word)), "")
            if more:
                detail = f"`{more}` stands on the line of another reference"
                help_ = "write one a line: `| tr -s ' ' '\\n'`"
                yield Problem(ProblemKind.UNPARSABLE, origin, detail, help_)


def _is_named(word: str) -> bool:
    """Whether a word can be nothing but a reference: no size, no time, no tag."""
    target = target_of(word)
    return target is not None and ("/" in word or (word[0].isalpha() and ":" in word))


def _unread(origin: str, text: str) -> Problem:
    detail = f"`{text}` is not an image reference"
    help_ = "write one a line: `registry/repository:tag` or `…@sha256:…`"
    return Problem(ProblemKind.UNPARSABLE, origin, detail, help_)
