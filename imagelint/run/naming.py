"""Files that are named are examined, as what they are said to be: never passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import IgnoreReason, Problem, ProblemKind, Report
from imagelint.documents.plaintext import PlainText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.collect.files import FoundFile


class Naming(NamedTuple):
    """What the user says about the files that are named.

    `kind` is the kind of document that they are; empty: each tells by its name and content. With
    `candidates` they were named by a program that does not know us: those of no kind are left out.
    """

    kind: str = ""
    candidates: bool = False

    def apply(self, files: Iterable[FoundFile]) -> tuple[FoundFile, ...]:
        """The files, those that are named as the user wants them taken.

        Raises:
            UsageError: a kind is given, and no file is named that could be of it.
        """
        found = tuple(files)
        if self.kind and not any(each.named for each in found):
            help_ = "name the file: what is found in folders tells its kind by itself"
            raise UsageError(Diagnostic(f"--kind {self.kind}: of which file?", help=help_))
        return tuple(
            each._replace(kind=self.kind, named=not self.candidates) if each.named else each
            for each in found
        )


def is_of_no_kind(report: Report) -> bool:
    """Whether a report says that a file is none of ours."""
    reasons = (IgnoreReason.NO_KIND, IgnoreReason.OTHER_TOOL)
    return any(ignored.reason in reasons for ignored in report.ignored)


def as_text(found: FoundFile) -> FoundFile:
    """A file of no kind, to be searched for what needs none."""
    return found._replace(kind=PlainText.kind)


def unrecognised(origin: str) -> Report:
    """That a named file was not examined as what it is: nobody can tell what that is."""
    detail = "its kind cannot be told by its name or its content: it was only searched for secrets"
    help_ = "say what it is (`--kind dockerfile`), or that it may be none (`--candidates`)"
    return Report(problems=(Problem(ProblemKind.UNRECOGNISED, origin, detail, help_),))
