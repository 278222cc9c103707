"""What the files of a run allow that they did not allow at a commit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile, display
from imagelint.collect.read import read_bytes
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.core.source import Source
from imagelint.core.subject import About
from imagelint.documents.detect import candidate, detect, parse
from imagelint.documents.kinds import KINDS
from imagelint.documents.plaintext import PlainText
from imagelint.documents.policyfile import AddedAllowance
from imagelint.documents.project import beside
from imagelint.engine.added import Before, Said, said_in
from imagelint.engine.embedded import relocated
from imagelint.engine.examine import Examination
from imagelint.run.baselines import grown
from imagelint.run.reading.index import FileIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.collect.commit import Commit
    from imagelint.documents.base import Document
    from imagelint.documents.kinds import Beside
    from imagelint.policy.model import Policy
    from imagelint.run.policies import Policies

MOST_COMPARED = 2_000
"""Files that are compared: each is asked of git."""
_MOST_GONE = 500
# What every allowance has in it, in any language.
_SIGNS = (b"imagelint", b"ignore", b"skip")


class Additions:
    """Compares the allowances of files with those at a commit."""

    def __init__(self, policies: Policies, commit: Commit) -> None:
        self._policies = policies
        self._commit = commit
        self._examinations: dict[int, Examination] = {}
        self._gone: Before | None = None

    def reports(self, examined: Mapping[str, Report]) -> Iterator[tuple[Policy, Report]]:
        """Reports about what was added in files that were examined, under which policy.

        What a file that is gone allowed, another may: it was renamed.
        """
        compared = 0
        for origin, kind in _kinds(examined).items():
            document = self._changed(origin, kind)
            if document is None:
                continue
            policy = self._policies.of(os.path.dirname(origin) or ".")
            compared += 1
            if compared > MOST_COMPARED:
                yield policy, Report(problems=(_too_many(),))
                return
            before = self._before(origin, kind)
            is_new = before is None
            found = Before(() if before is None else (before,))
            yield policy, self._added(document, found, self._examination(policy), is_new=is_new)

    def baselines(self, paths: Iterable[str]) -> Iterator[tuple[Policy, Report]]:
        """Reports about the baselines that hold more than they did, under which policy."""
        for path in paths:
            for source, found in grown(path, self._commit):
                policy = self._policies.of(os.path.dirname(path) or ".")
                yield policy, self._examination(policy).allowances(PlainText(source), (found,))

    def _changed(self, origin: str, kind: str) -> Document | None:
        """The document of a file that may allow what it did not; None where it cannot."""
        place = os.path.realpath(origin)
        data = read_bytes(place, origin, os.path.realpath(self._commit.repository))
        if isinstance(data, Problem):
            return None
        same = self._commit.is_same(origin, data)
        asks = KINDS[kind].asks
        if not asks and (same or not any(sign in data.lower() for sign in _SIGNS)):
            return None
        document = _document(origin, place, kind)
        if document is None or (same and not any(map(self._is_other, _asked(document)))):
            return None
        return document

    def _is_other(self, origin: str) -> bool:
        data = read_bytes(os.path.realpath(origin), origin)
        return not isinstance(data, Problem) and not self._commit.is_same(origin, data)

    def _before(self, origin: str, kind: str) -> Document | None:
        text = self._text(origin)
        if text is None:
            return None
        return _parsed(Source(origin, text), kind, lambda name: self._text(beside(origin, name)))

    def _text(self, origin: str) -> str | None:
        try:
            return self._commit.read(origin).text
        except ValueError:
            return None

    def _added(
        self, document: Document, before: Before, examination: Examination, *, is_new: bool
    ) -> Report:
        rest = [said for said in said_in(document) if not before.takes(said)]
        if is_new and rest:
            gone = self._of_gone()
            rest = [said for said in rest if not gone.takes(said)]
        nodes = [self._node(said, moved=before.takes_word(said)) for said in rest]
        report = examination.allowances(document, nodes) if nodes else Report()
        for embedded in document.embedded:
            inner = self._added(embedded.document, before, examination, is_new=is_new)
            report += relocated(inner, embedded, document)
        return report

    def _node(self, said: Said, *, moved: bool) -> AddedAllowance:
        allowance = said.allowance
        tool = allowance.dialect.value
        return AddedAllowance(allowance.span, allowance.rule, tool, self._commit.name, moved)

    def _of_gone(self) -> Before:
        """What the files allowed that are gone."""
        if self._gone is None:
            self._gone = Before(self._gone_documents())
        return self._gone

    def _gone_documents(self) -> Iterator[Document]:
        left = _MOST_GONE
        for path in self._commit.entries:
            place = os.path.join(self._commit.repository, path)
            if not candidate(path) or os.path.lexists(place):
                continue
            left -= 1
            if left < 0:
                return
            text = self._text(place)
            kind = detect(path, text) if text is not None else ""
            if text is not None and kind:
                document = _parsed(Source(display(place), text), kind, lambda _name: None)
                if document is not None:
                    yield document

    def _examination(self, policy: Policy) -> Examination:
        known = self._examinations.get(id(policy))
        if known is None:
            known = self._examinations[id(policy)] = Examination(policy)
        return known


def _kinds(reports: Mapping[str, Report]) -> dict[str, str]:
    """The kinds of the files that were examined, by origin."""
    return {
        origin: each.kind
        for origin, report in reports.items()
        for each in report.examined
        if each.origin == origin and each.about is About.FILE and KINDS[each.kind].parser
    }


def _document(origin: str, place: str, kind: str) -> Document | None:
    found = FoundFile(place, origin, kind=kind)
    document = FileIndex({origin: found}, hashed=False).document(found)
    return None if isinstance(document, Report) else document


def _parsed(source: Source, kind: str, read: Beside) -> Document | None:
    """The document of a text as it was; None where it could not be read as one."""
    try:
        return parse(source, kind, read)
    except Exception:  # noqa: BLE001 - then it allowed nothing, and what is there now is new
        return None


def _asked(document: Document) -> Iterator[str]:
    return (beside(document.source.origin, name) for name in document.asked)


def _too_many() -> Problem:
    detail = f"more than {MOST_COMPARED:,} files are others than at the commit"
    help_ = "what they allow was not compared: compare with a commit that is nearer"
    return Problem(ProblemKind.TOO_LARGE, ".", detail, help_)
