"""Standard input that is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.read import ReadResult, read_standard_input
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.cli.fixes.files import FixPaths
    from imagelint.core.report import Report
    from imagelint.run.session import Session


class StandardInput(NamedTuple):
    """A text that stands for a file."""

    session: Session
    name: str
    text: str

    def examine(self, texts: Mapping[str, str]) -> Report:
        """The report that counts about the text, or another in its place."""
        source = Source(self.name, texts.get(self.name, self.text))
        return self.session.suppress(self.session.check_text(ReadResult(source), self.name)).report

    def read(self, origin: str) -> str | Problem:
        """The text; of nothing else a fix is made."""
        if origin == self.name:
            return self.text
        return Problem(ProblemKind.UNREADABLE, origin, "is mended only where it is named")


def standard_input(session: Session, named: FixPaths) -> StandardInput:
    """Standard input, as text.

    Raises:
        UsageError: it is mixed with files, or is no text.
    """
    if len(named.paths) > 1:
        raise UsageError(Diagnostic("standard input (`-`) cannot be mixed with other paths"))
    result = read_standard_input(named.name)
    if result.source is None or result.problems:
        detail = result.problems[0].detail if result.problems else "is no text"
        raise UsageError(Diagnostic(f"standard input {detail}"))
    return StandardInput(session, named.name, result.source.text)
