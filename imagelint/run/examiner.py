"""Examine files one by one: read, recognise, parse, judge, allow. One examiner per process."""

from __future__ import annotations

import os
from collections import OrderedDict
from traceback import walk_tb
from typing import TYPE_CHECKING, NamedTuple

from imagelint.collect.findup import root_of
from imagelint.collect.read import decode, read_bytes
from imagelint.core.digest import digest_of
from imagelint.core.errors import ImagelintError
from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.detect import DocumentError, detect, parse
from imagelint.documents.project import EVERYTHING, Project
from imagelint.engine.examine import Examination
from imagelint.run.serialize import FileReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.collect.files import FoundFile
    from imagelint.core.source import Source
    from imagelint.documents.base import Document
    from imagelint.policy.model import Policy
    from imagelint.run.policies import Policies

_DOCUMENTS_KEPT = 128


class Plan(NamedTuple):
    """What holds for all files of a run. `files` are the examined ones by origin.

    `keeps` tells whether results are remembered, so that what was looked at must be known.
    """

    files: dict[str, FoundFile]
    policies: Policies
    project_digest: str = ""
    keeps: bool = False


class Examiner:
    """Examines files of one plan; keeps the documents that it read last."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._examinations: dict[int, Examination] = {}
        self._documents: OrderedDict[str, Fact[Document]] = OrderedDict()
        self._kinds: dict[str, tuple[str, ...]] | None = None
        self._roots: dict[str, str] = {}

    def file(self, found: FoundFile) -> FileReport:
        """What comes of one file, with the digests of what else was looked at.

        Raises:
            ImagelintError: its policy is wrong.
        """
        try:
            return self._file(found)
        except ImagelintError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect costs one file, not the run
            return FileReport(Report(problems=(_defect(found.origin, error),)))

    def _file(self, found: FoundFile) -> FileReport:
        data = read_bytes(found.path, found.origin)
        if isinstance(data, Problem):
            return FileReport(Report(problems=(data,)))
        text = decode(data, found.origin)
        if text.source is None:
            return FileReport(Report(problems=text.problems))
        stored = self.source(text.source, os.path.dirname(found.path) or ".")
        return FileReport(Report(problems=text.problems) + stored.report, stored.dependencies)

    def source(self, source: Source, folder: str) -> FileReport:
        """What comes of one text that stands for a file in a folder."""
        document = recognise(source)
        if isinstance(document, Report):
            return FileReport(document)
        self._remember(source.origin, Known(document))
        root = self._root(folder)
        project = Project(lambda origin: self.load(origin, root), self._origins)
        report = self._examination(self._plan.policies.of(folder))(document, project)
        asked = sorted(project.dependencies) if self._plan.keeps else ()
        return FileReport(report, tuple(self._dependency(name) for name in asked))

    def _examination(self, policy: Policy) -> Examination:
        known = self._examinations.get(id(policy))
        if known is None:
            known = self._examinations[id(policy)] = Examination(policy)
        return known

    def _root(self, folder: str) -> str:
        root = self._roots.get(folder)
        if root is None:
            root = self._roots[folder] = os.path.realpath(root_of(folder))
        return root

    def load(self, origin: str, root: str) -> Fact[Document]:
        """The document of an origin below a root; unknown beyond it and for what is not ours."""
        if origin in self._documents:
            self._documents.move_to_end(origin)
            return self._documents[origin]
        if os.path.commonpath((root, os.path.realpath(origin))) != root:
            return UNKNOWN
        return self._remember(origin, _read_document(origin))

    def _remember(self, origin: str, fact: Fact[Document]) -> Fact[Document]:
        self._documents[origin] = fact
        if len(self._documents) > _DOCUMENTS_KEPT:
            self._documents.popitem(last=False)
        return fact

    def _origins(self, kind: str, word: str) -> Iterable[str]:
        """The examined files of a kind that mention a word, in order."""
        if self._kinds is None:
            self._kinds = self._sort_by_kind()
        needle = word.encode()
        for origin in self._kinds.get(kind, ()):
            data = read_bytes(self._plan.files[origin].path, origin)
            if isinstance(data, bytes) and needle in data:
                yield origin

    def _sort_by_kind(self) -> dict[str, tuple[str, ...]]:
        kinds: dict[str, list[str]] = {}
        for origin, found in self._plan.files.items():
            data = read_bytes(found.path, origin)
            text = decode(data, origin) if isinstance(data, bytes) else None
            if text and text.source:
                kinds.setdefault(detect(origin, text.source.text), []).append(origin)
        return {kind: tuple(origins) for kind, origins in kinds.items()}

    def _dependency(self, origin: str) -> tuple[str, str]:
        if origin == EVERYTHING:
            return (EVERYTHING, self._plan.project_digest)
        return (origin, file_digest(origin))


def file_digest(origin: str) -> str:
    """The digest of a file's content; empty when it cannot be read."""
    data = read_bytes(origin, origin)
    return digest_of(data) if isinstance(data, bytes) else ""


def recognise(source: Source) -> Document | Report:
    """The document that a text is, or the report about a text that is none of ours."""
    kind = detect(source.origin, source.text)
    if not kind:
        return Report(ignored=(source.origin,))
    try:
        return parse(source, kind)
    except DocumentError as error:
        return Report(problems=(error.problem(source),))
    except RecursionError:
        detail = "is nested too deeply to be examined"
        return Report(problems=(Problem(ProblemKind.UNPARSABLE, source.origin, detail),))


def _defect(origin: str, error: Exception) -> Problem:
    *_, (frame, line) = walk_tb(error.__traceback__)
    place = f"{frame.f_code.co_name}:{line}"
    detail = f"its examination crashed: {type(error).__name__}: {redact(str(error))} ({place})"
    help_ = "this is a defect of imagelint: please report it"
    return Problem(ProblemKind.RULE_CRASHED, origin, detail, help_)


def _read_document(origin: str) -> Fact[Document]:
    if not os.path.lexists(origin):
        return ABSENT
    data = read_bytes(origin, origin)
    if isinstance(data, Problem):
        return UNKNOWN
    text = decode(data, origin)
    if text.source is None:
        return UNKNOWN
    document = recognise(text.source)
    return UNKNOWN if isinstance(document, Report) else Known(document)
