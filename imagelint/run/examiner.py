"""Examine files one by one: read, recognise, parse, judge, allow. One examiner per process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.collect.findup import Ancestors
from imagelint.core.digest import digest_of
from imagelint.core.errors import ImagelintError
from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.redact import redact
from imagelint.core.report import Examined, Ignored, IgnoreReason, Problem, ProblemKind, Report
from imagelint.core.source import Source
from imagelint.deployment.join import joined
from imagelint.deployment.landmarks import Holding, holding, read_with
from imagelint.documents.base import Document
from imagelint.documents.kinds import KINDS, about
from imagelint.documents.project import (
    RENDERED,
    Completed,
    Project,
    all_of,
    kind_asked,
    kind_of_mark,
)
from imagelint.engine.examine import Examination
from imagelint.knowledge.tables import hold
from imagelint.run.reading.index import MOST_RECENT, FileIndex
from imagelint.run.reading.shelf import Shelf
from imagelint.run.rendering.renderings import NO_RENDERINGS
from imagelint.run.samples import SAMPLES
from imagelint.run.serialize import FileReport
from imagelint.run.shellchecks import NO_CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imagelint.core.environment import DeclaredBuild
    from imagelint.documents.base import Key, Node
    from imagelint.documents.project import SecretValues, Word
    from imagelint.policy.model import Policy
    from imagelint.run.policies import Policies
    from imagelint.run.rendering.renderings import Renderings
    from imagelint.run.shellchecks import ShellChecks


# What depends on files that change holds at no other time: no digest is this word.
_NEVER_AGAIN = ((os.curdir, "changed"),)


class Plan(NamedTuple):
    """What holds for all files of a run. `files` are the examined ones by origin.

    `file_index` is what has been read of them before. `keeps` tells whether what was looked at
    must be known, as results are remembered, or compared. `renderings` are what kustomizations
    make, `rendered` tells them from others, None where that is not known; `shell` is what
    ShellCheck says about scripts.
    """

    files: dict[str, FoundFile]
    policies: Policies
    file_index: FileIndex | None = None
    keeps: bool = False
    renderings: Renderings = NO_RENDERINGS
    shell: ShellChecks = NO_CHECKS
    rendered: str | None = ""


class Examiner:
    """Examines files of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._index = plan.file_index or FileIndex(plan.files, hashed=plan.keeps)
        self._examinations: dict[int, Examination] = {}
        self._ancestors = Ancestors()
        self._roots: dict[str, str] = {}
        self._absent: set[str] = set()
        self._places: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._in_renderings: Mapping[Key, Sequence[tuple[str, Node]]] | None = None
        self._joined = Shelf[Completed](MOST_RECENT)
        self._tied: tuple[str, str] | None = None
        self._told: set[str] = set()
        self._secret_values: dict[str, dict[tuple[str, bool], SecretValues]] = {}

    def prepare(self, files: Sequence[FoundFile]) -> None:
        """Do once what all need who are forked: read files, and examine samples of what they are.

        To import rules and readers, compile their patterns and read their tables is half of what a
        few dozen files take. The files themselves are left to processes that may die of them.

        Raises:
            ImagelintError: a policy is wrong.
        """
        for kind in sorted({self._index.kind(found) for found in files} & SAMPLES.keys()):
            policy = self._plan.policies.of(os.path.dirname(files[0].path) or ".")
            hold(policy.environment.knowledge)
            sample = KINDS[kind].parse(Source(kind, SAMPLES[kind]))
            self._examination(policy)(sample, Project())

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
        hold(self._plan.policies.of(os.path.dirname(found.path) or ".").environment.knowledge)
        problems = self._index.content(found).text.problems
        document = self._index.document(found)
        self._index.forget_text(found.origin)
        if document is None:
            self._told.update(problem.origin for problem in problems)
            return FileReport(Report(problems=problems))
        if isinstance(document, Report) and found.origin in self._plan.renderings.covered:
            report = Report(problems=problems, examined=(_template(found.origin),))
            return FileReport(report, held=Holding())
        if isinstance(document, Report) and found.origin in self._plan.renderings.empty:
            ignored = (Ignored(found.origin, IgnoreReason.UNRENDERED),)
            return FileReport(Report(problems=problems, ignored=ignored), held=Holding())
        stored = self._examine(document, os.path.dirname(found.path) or ".")
        return stored._replace(
            report=Report(problems=(*problems, *self._changed())) + stored.report
        )

    def _changed(self) -> Iterator[Problem]:
        """What became another file while it was looked at: none of what was said rests on it."""
        for origin, problem in self._index.changed.items():
            if origin not in self._told:
                self._told.add(origin)
                yield problem

    def source(self, source: Source, folder: str) -> FileReport:
        """What comes of one text that stands for a file in a folder."""
        hold(self._plan.policies.of(folder).environment.knowledge)
        return self._examine(self._index.add(source), folder)

    def _examine(self, document: Document | Report, folder: str) -> FileReport:
        if isinstance(document, Report):
            return FileReport(document, held=Holding())
        root = self._root(folder)
        policy = self._plan.policies.of(folder)
        if any(policy.environment.build):
            from imagelint.deployment.given import with_build

            read = self._index.reader(document.source.origin)
            built = with_build(document, policy.environment.build, read)
            if isinstance(built, Problem):
                return FileReport(Report(problems=(built,)), held=Holding())
            document = built
        if policy.environment.gated:
            self._tied = self._tied or self._tie(policy.environment.gated)
        project = self._project(root, policy.environment.images)
        if self._tied is not None:
            project.dependencies.add(all_of("dockerfile"))
        texts = tuple(self._read_with(document, root))
        held = holding(document, texts) if self._plan.keeps else None
        project.dependencies.update(texts)
        document, problems = self._rendered(document, project)
        report = self._examination(policy)(document, project)
        told = self._plan.shell.problems.get(document.source.origin)
        report += Report(problems=(*problems, told) if told else problems)
        asked = sorted(project.dependencies) if self._plan.keeps else ()
        rendered = self._plan.rendered
        unknown = all_of(RENDERED) in project.dependencies and rendered is None
        never = _NEVER_AGAIN if self._index.changed or unknown else ()
        known = ((name, _digest(name, self._index, rendered)) for name in asked)
        return FileReport(report, (*never, *known), held)

    def _project(self, root: str, declared: tuple[DeclaredBuild, ...] = ()) -> Project:
        """The documents below a root, as one sees them whose policy says what images are of."""
        looked_at: set[str] = set()

        def load(origin: str) -> Fact[Document]:
            found = self.load(origin, root)
            if isinstance(found, Known):
                looked_at.update(self._read_with(found.value, root))
            return found

        project = Project(
            load,
            lambda kind, key, word: self.find(kind, key, word, root),
            lambda origin: self._completed(origin, root),
        )
        project.dependencies = looked_at
        project.script_comments = self._plan.shell.comments
        project.secret_values = self._secret_values.setdefault(root, {})
        project.declared = declared
        project.tied = self._tied if self._tied is not None and self._tied[1] else None
        return project

    def _tie(self, gated: str) -> tuple[str, str]:
        """The name of the image that is gated, and the only Dockerfile of the run; else empty."""
        from imagelint.core.reference import parse_reference

        reference = parse_reference(gated)
        found = [
            origin
            for origin, file in self._plan.files.items()
            if self._index.kind(file) == "dockerfile"
        ]
        only = found[0] if len(found) == 1 else ""
        return reference.name if reference is not None else "", only

    def _completed(self, origin: str, root: str) -> Completed:
        """A document as the others below a root complete it; some are kept for who asks next."""
        key = f"{root}\0{origin}"
        known = self._joined.get(key)
        if known is None:
            policy = self._plan.policies.of(os.path.dirname(origin) or ".")
            project = self._project(root, policy.environment.images)
            found = project.document(origin, Document)
            if isinstance(found, Known):
                found = Known(joined(found.value, project))
            known = Completed(found, frozenset(project.dependencies))
            size = len(found.value.source.text) if isinstance(found, Known) else 0
            self._joined.push(key, known, size)
        return known

    def _read_with(self, document: Document, root: str) -> Iterator[str]:
        """The origins of the files that were read, or looked for, to read a document."""
        for origin in read_with(document):
            if self._is_below(root, os.path.dirname(origin) or "."):
                yield origin

    def _rendered(
        self, document: Document, project: Project
    ) -> tuple[Document, tuple[Problem, ...]]:
        """The document with what a kustomization makes; what is judged there is not judged here."""
        renderings = self._plan.renderings
        if document.source.origin not in renderings.concerned:
            return document, ()
        from imagelint.run.rendering.attach import with_rendering

        return with_rendering(document, renderings, project)

    def _examination(self, policy: Policy) -> Examination:
        known = self._examinations.get(id(policy))
        if known is None:
            known = self._examinations[id(policy)] = Examination(policy)
        return known

    def _root(self, folder: str) -> str:
        root = self._roots.get(folder)
        if root is None:
            root = self._roots[folder] = self._real_folder(self._ancestors.root_of(folder))
        return root

    def _real_folder(self, folder: str) -> str:
        """Where a folder leads, its links followed once for all that is in it."""
        real = self._folders.get(folder)
        if real is None:
            real = self._folders[folder] = os.path.realpath(folder)
        return real

    def load(self, origin: str, root: str) -> Fact[Document]:
        """The document of an origin below a root; unknown beyond it and for what is not ours."""
        if not self._is_below(root, origin):
            return UNKNOWN
        if origin in self._absent:
            return ABSENT
        document = self._index.document(self._plan.files.get(origin) or FoundFile(origin, origin))
        if document is None:
            if self._index.exists(origin):
                return UNKNOWN
            self._absent.add(origin)
            return ABSENT
        return UNKNOWN if isinstance(document, Report) else Known(document)

    def find(self, kind: str, key: Key, word: Word, root: str) -> Iterator[tuple[str, Node]]:
        """What the examined files of a kind below a root hold under a key, in order."""
        if kind == RENDERED:
            found = self._rendered_landmarks(root).get(key, ())
        else:
            found = self._index.landmarks(kind, key, word)
        for origin, node in found:
            if self._is_below(root, origin):
                yield origin, node

    def _rendered_landmarks(self, root: str) -> Mapping[Key, Sequence[tuple[str, Node]]]:
        """What others may ask of all that is rendered, made when somebody first asks."""
        if self._in_renderings is None:
            from imagelint.run.rendering.attach import landmarks

            made = landmarks(self._plan.renderings, self._index, self._project(root))
            self._in_renderings = made
        return self._in_renderings

    def _is_below(self, root: str, origin: str) -> bool:
        place = self._places.get(origin)
        if place is None:
            place = self._places[origin] = self._real(origin)
        return place == root or place.startswith(root if root.endswith("/") else f"{root}/")

    def _real(self, origin: str) -> str:
        """Where an origin leads."""
        folder, name = os.path.split(origin)
        place = os.path.join(self._real_folder(folder), name)
        is_plain = name not in ("", os.curdir, os.pardir) and not os.path.islink(place)
        return place if is_plain else os.path.realpath(place)


def _template(origin: str) -> Examined:
    """That a template is examined, as what it makes."""
    return Examined(origin, "template", "", about("template"))


def with_marks(stored: FileReport, index: FileIndex) -> FileReport:
    """What is stored with the digests of what stands under keys, now that all files are known."""
    digests = (
        (name, index.mark_digest(name) if kind_of_mark(name) else digest)
        for name, digest in stored.dependencies
    )
    return stored._replace(dependencies=tuple(digests))


def dependency(name: str, index: FileIndex, rendered: str | None = "") -> str:
    """The digest of what an answer depended on.

    That is a file, all that holds something under a key, or all that is rendered.
    """
    return index.mark_digest(name) if kind_of_mark(name) else _digest(name, index, rendered)


def _digest(name: str, index: FileIndex, rendered: str | None) -> str:
    """The same, but for what stands under keys: for that all files would have to be parsed."""
    if kind_of_mark(name):
        return ""
    kind = kind_asked(name)
    if kind == RENDERED:
        own = map(index.kind_digest, ("kustomization", "chart", "helmfile"))
        return digest_of(rendered or "", *own)
    return index.kind_digest(kind) if kind else index.digest(name)


def _defect(origin: str, error: Exception) -> Problem:
    from traceback import walk_tb

    *_, (frame, line) = walk_tb(error.__traceback__)
    place = f"{frame.f_code.co_name}:{line}"
    detail = f"its examination crashed: {type(error).__name__}: {redact(str(error))} ({place})"
    help_ = "this is a defect of imagelint: please report it"
    return Problem(ProblemKind.RULE_CRASHED, origin, detail, help_)
