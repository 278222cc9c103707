"""One image from its reference to its result. What goes wrong becomes a category, never silence."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from imagelint.audit.deep.inspection import signed
from imagelint.audit.inspection import LayoutFolder, Looked, StoredBlobs, look, unknown
from imagelint.audit.judging import category_of, stored
from imagelint.collect.deadline import Deadline
from imagelint.core.errors import UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import plain
from imagelint.store.records import Category, Finished, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.audit.inspection import Registries
    from imagelint.audit.judging import Judge
    from imagelint.audit.lookup import Known, LastTag, Said
    from imagelint.audit.options import AuditOptions
    from imagelint.audit.targets import Target
    from imagelint.collect.registry.client import Client
    from imagelint.collect.registry.polite import PoliteAsker


_BY_WHAT_IS_ASKED = frozenset((ProblemKind.NOT_FOUND, ProblemKind.UNAUTHORIZED))
"""Problems of which it depends on the question whether there is one."""


class Task(NamedTuple):
    """A target, with what the store knows of it: what its tag led to, and what was judged.

    `judged`: judgements that are there, each with whether the image was signed; `said`: what rules
    said of images by repository and digest; `kept`: manifests and configurations by their digests.
    """

    target: Target
    last: LastTag | None = None
    judged: Mapping[str, str | None] = {}
    said: Mapping[tuple[str, str], Said] = {}
    kept: Mapping[str, bytes] = {}


class Worker:
    """Does tasks; threads share it."""

    def __init__(
        self,
        asker: PoliteAsker,
        registries: Registries,
        known: Known,
        judge: Judge,
        options: AuditOptions,
    ) -> None:
        self._asker = asker
        self._registries = registries
        self._known = known
        self._judge = judge
        self._options = options

    def __call__(self, task: Task) -> Finished:
        """All that is to be kept of a target."""
        deadline = Deadline(self._options.seconds)
        with self._asker.until(deadline):
            try:
                done = self._do(task, deadline)
            except UsageError:
                raise
            except Exception as error:  # noqa: BLE001 - an image ends in a category, not all others
                done = _defect(task.target, error)
        if isinstance(done, Problem):
            done = failed(task.target, done)
        labels = cache(partial(self._labels, task.target, done))
        owner = self._judge.owner(task.target.repository, labels)
        result = done.result._replace(owner=owner, exposed=task.target.exposed)
        return done._replace(result=result)

    def _labels(self, target: Target, done: Finished) -> dict[str, str] | None:
        """The labels of an image that was judged, out of what is kept of it; None: not known."""
        digest = done.result.digest
        if digest is None or done.result.judgement is None:
            return None
        blobs = StoredBlobs(None, self._known, target.reference)
        for fact in done.facts:
            blobs.read[fact.digest] = fact.data
        found = look(target, digest, blobs, self._options.platforms)
        if isinstance(found, Problem) or not found.targets:
            return None
        config = found.targets[0].config
        return None if config is None else dict(config.labels)

    def _do(self, task: Task, deadline: Deadline) -> Finished | Problem:
        target = task.target
        client = None if self._options.kept else self._client(target)
        if isinstance(client, Problem):
            return client
        blobs = StoredBlobs(client, self._known, target.reference, task.kept)
        digest = self._digest(task, client, blobs)
        if isinstance(digest, Problem):
            return digest
        judged = self._judge.identify(target.repository, digest)
        if judged in task.judged:
            result = _result(target, digest, judgement=judged)
            return Finished(result._replace(signed=task.judged[judged]))
        said = task.said.get((target.repository, digest))
        if said is not None:
            again = self._judge.again(target.repository, digest, said.data, others=said.others)
            result = _result(target, digest, judgement=again.judgement.id)
            return Finished(result, facts=again.facts, judgement=again.judgement)
        found = look(target, digest, blobs, self._options.platforms)
        if isinstance(found, Problem):
            return found
        return self._judged(target, found, deadline)

    def _client(self, target: Target) -> Client | LayoutFolder | Problem:
        if target.folder:
            return LayoutFolder(target.folder, target.reference)
        reference = target.parsed
        if reference is None:
            detail = f"`{target.repository}` is no repository of a registry"
            return Problem(ProblemKind.UNPARSABLE, target.reference, detail)
        return self._registries.client(reference)

    def _digest(
        self, task: Task, client: Client | LayoutFolder | None, blobs: StoredBlobs
    ) -> str | Problem:
        """What a target leads to now, by the smallest question that tells."""
        target, last = task.target, task.last
        if target.digest:
            return target.digest
        if client is None or isinstance(client, LayoutFolder):
            return unknown(target.tag, "digest", target.reference)
        if last is not None:
            found = client.digest(target.tag)
            # Some registries, and what stands before them, know no such question.
            if found and not (isinstance(found, Problem) and found.kind in _BY_WHAT_IS_ASKED):
                return found
        top = client.manifest(target.tag)
        if isinstance(top, Problem):
            return top
        blobs.remember(top.digest, top.data)
        return top.digest

    def _judged(self, target: Target, found: Looked, deadline: Deadline) -> Finished:
        if found.artifact:
            result = _result(target, found.digest)._replace(category=Category.NOT_AN_IMAGE)
            return Finished(result, found.images, found.facts)
        deep = self._judge.deep
        seen = deep(found, deadline) if deep else None
        judgement, problems, facts = self._judge(found, target.repository, seen)
        result = _result(target, found.digest, judgement=judgement.id)
        result = result._replace(problems=problems, signed=signed(seen.report) if seen else None)
        if problems:
            first = problems[0]
            result = result._replace(category=first.category, detail=first.detail)
        # What is kept was written by whoever kept it.
        images = () if self._options.kept else found.images
        return Finished(result, images, (*found.facts, *facts), judgement)


def _result(target: Target, digest: str, judgement: str | None = None) -> Result:
    named = target.reference, target.repository, target.tag
    return Result(*named, digest, Category.AUDITED, judgement=judgement)


def _defect(target: Target, error: Exception) -> Problem:
    detail = f"imagelint failed: {type(error).__name__}: {plain(redact(str(error)))}"
    return Problem(ProblemKind.TOOL_FAILED, target.reference, detail, "please report it")


def failed(target: Target, problem: Problem) -> Finished:
    """What is to be kept of a target that could not be audited."""
    named = target.reference, target.repository, target.tag
    result = Result(*named, target.digest or None, category_of(problem), problem.detail)
    return Finished(result._replace(problems=(stored(problem),)))
