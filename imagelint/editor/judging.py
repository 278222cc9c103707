"""Judge a text that stands for a file: alone at once, and with all of its folder a little later."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.read import ReadResult
from imagelint.core.record import NamedTuple
from imagelint.core.source import Source
from imagelint.editor import stages, stream
from imagelint.run.naming import Naming

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.core.finding import Finding
    from imagelint.core.report import Problem, Report
    from imagelint.core.source import Span
    from imagelint.run.session import Session

    OpenSession = Callable[[], Session]


_PARTS = {"kubernetes": stream.part_of, "dockerfile": stages.part_of}
"""The kinds of document of whose parts many stand in one text, each for itself."""


class Judgement(NamedTuple):
    """What is said of one text, or of many, and what of it cannot be judged.

    `kind` is that of the document; empty where it is none, or where there are many.
    """

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    kind: str = ""

    def of(self, origin: str) -> tuple[tuple[Finding, Span], ...]:
        """The findings that stand in a file, each with its place there."""
        return tuple(
            (found, found.location.span)
            for found in self.findings
            if found.location.origin == origin
        )


class Judge:
    """Judges texts as the command line does, by the policies of their folders.

    A policy that is wrong is a problem of every file that it is about; it is read anew when it
    was changed.
    """

    def __init__(self, open_session: OpenSession) -> None:
        self._open = open_session
        self._session: Session | None = None
        self._typed: dict[str, tuple[str, Judgement]] = {}

    def forget(self) -> None:
        """A policy was changed."""
        self._session = None
        self._typed.clear()

    def close(self, origin: str) -> None:
        """Nobody types there any more."""
        self._typed.pop(origin, None)

    def typed(self, origin: str, text: str) -> Judgement:
        """As `alone`, in less time where somebody types in a long stream of manifests, or stages.

        Of those that nothing ties to the one that was changed, it is what was said before.

        Raises:
            ImagelintError: the policy is wrong.
        """
        before, known = self._typed.pop(origin, ("", Judgement()))
        part_of = _PARTS.get(known.kind)
        part = part_of(before, text) if part_of is not None else None
        if part is None:
            judged = self.alone(origin, text)
        else:
            naming = Naming(known.kind, True)  # noqa: FBT003 - a record's field
            fresh = self._alone(origin, part.text, naming)
            judged = Judgement(
                tuple(part.findings(known.findings, fresh.findings)),
                tuple(part.problems(known.problems, fresh.problems)),
                known.kind,
            )
        self._typed[origin] = (text, judged)
        return judged

    def alone(self, origin: str, text: str) -> Judgement:
        """What is said of a text by itself; nothing of one that is of no kind that is examined.

        Raises:
            ImagelintError: the policy is wrong.
        """
        return self._alone(origin, text, Naming("", True))  # noqa: FBT003 - a record's field

    def _alone(self, origin: str, text: str, naming: Naming) -> Judgement:
        session = self._session = self._session or self._open()
        reports = session.check_text(ReadResult(Source(origin, text)), origin, naming)
        return _judgement(session.suppress(reports).report)


def together(open_session: OpenSession, root: str, texts: Mapping[str, str]) -> Judgement:
    """What is said of all files below a folder, if those that are edited held other texts.

    Raises:
        ImagelintError: a policy is wrong.
    """
    os.chdir(root)
    session = open_session()._replace(texts=dict(texts), processes=1)
    return _judgement(session.suppress(session.check((".",)), paths=(".",)).report)


def _judgement(report: Report) -> Judgement:
    kind = report.examined[0].kind if len(report.examined) == 1 else ""
    return Judgement(report.findings, report.problems, kind)
