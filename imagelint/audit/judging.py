"""Judge what was looked at, and say it as the store keeps it."""

from __future__ import annotations

import json
import os
import threading
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.audit.deep.scanned import Scanned, by_layer
from imagelint.audit.statements import (
    asked_rules,
    asked_with_options,
    bare,
    narrowed,
    read,
    written,
)
from imagelint.collect import environment
from imagelint.collect.codedigest import code_stamp
from imagelint.core.digest import digest_of, sha256
from imagelint.core.record import NamedTuple
from imagelint.core.report import AllowanceKind, Problem, ProblemKind, Report
from imagelint.documents.image.image import ImageTarget
from imagelint.documents.project import Project
from imagelint.engine.decide import Bounds, Expected, decide
from imagelint.engine.examine import Examination
from imagelint.policy.digest import policy_digest
from imagelint.policy.glob import matches_path
from imagelint.run.images import ImageResult
from imagelint.store.records import (
    Category,
    Fact,
    Judgement,
    StoredFinding,
    StoredProblem,
    UsedWaiver,
)
from imagelint.store.writing import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.audit.deep.inspection import DeepInspection
    from imagelint.audit.inspection import Looked
    from imagelint.core.finding import Finding
    from imagelint.core.report import Allowed, Verdict
    from imagelint.policy.model import Policy
    from imagelint.run.session import Session

    _Decision = tuple[str, tuple[StoredFinding, ...]]
    """An outcome, and the findings of which it is made."""

_MOST_REMEMBERED = 1_024
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_INSPECTED = Expected("image", kind=ImageTarget.kind)
_CATEGORIES = {
    ProblemKind.UNAUTHORIZED: Category.UNAUTHORIZED,
    ProblemKind.NOT_FOUND: Category.GONE,
    ProblemKind.THROTTLED: Category.THROTTLED,
    ProblemKind.UNPARSABLE: Category.MALFORMED,
    ProblemKind.UNREADABLE: Category.MALFORMED,
    ProblemKind.TOO_LARGE: Category.TOO_BIG,
    ProblemKind.TIMED_OUT: Category.TIMED_OUT,
    ProblemKind.UNREACHABLE: Category.UNREACHABLE,
    ProblemKind.NOTHING_EXAMINED: Category.NO_SBOM,
}


def code_name() -> str:
    """Which release of imagelint this is, as it lies here."""
    return f"{__version__} {code_stamp(_PACKAGE)}"


def category_of(problem: Problem) -> Category:
    """In which category it ends what has such a problem."""
    return _CATEGORIES.get(problem.kind, Category.TOOL_FAILED)


def stored(problem: Problem) -> StoredProblem:
    """A problem as the store keeps it."""
    return StoredProblem(category_of(problem), problem.kind.value, problem.detail, problem.help)


class Judged(NamedTuple):
    """What the policy says about an image, what could not be told of it, and what is to be kept."""

    judgement: Judgement
    problems: tuple[StoredProblem, ...] = ()
    facts: tuple[Fact, ...] = ()


class Judge:
    """Judges images by the policy that holds here.

    `looked_for` tells what of an image is looked at: how deep, and for which platforms. `deep` is
    what looks deeper than the configuration, where that is wanted.
    """

    def __init__(
        self, session: Session, looked_for: str, deep: DeepInspection | None = None
    ) -> None:
        self.deep = deep
        self._session = session
        self.policy: Policy = session.policies.of(".")
        asked = bare(self.policy)
        self._examination = Examination(asked)
        self._levels = Examination(self.policy).levelled
        self._rules = frozenset(asked.rules)
        self._waivers = self.policy.waivers
        self._fail_on = session.fail_on
        self._suppresses = _suppresses(self.policy)
        ended = [waiver.until < environment.today() for waiver in self._waivers]
        self.digest = policy_digest(self.policy)
        self.key = digest_of(self.digest, code_name(), looked_for, repr(ended))
        self.asked = asked_rules(asked, code_name(), looked_for)
        # What is said alike of many images is decided once, where no name makes a difference.
        self._settle = lru_cache(_MOST_REMEMBERED)(self._settled)
        self._narrow = lru_cache(_MOST_REMEMBERED)(narrowed)
        self._lock = threading.Lock()

    @property
    def asks(self) -> str:
        """The rules that are asked of images, with what each is told; in JSON."""
        deeper = self.deep.asked if self.deep else ()
        return asked_with_options(self.policy, (*self._rules, *deeper))

    @property
    def contacts(self) -> str:
        """How teams are reached, as the first that is said of each; in JSON."""
        said = {one.team: one.contact for one in reversed(self.policy.owners) if one.contact}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    def identify(self, repository: str, digest: str) -> str:
        """What the judgement about an image is called, without judging it."""
        return Judgement(self.key, repository, digest, "").id

    def owner(
        self, repository: str, labels: Callable[[], Mapping[str, str] | None] = lambda: None
    ) -> str:
        """The team that owns an image; empty where nobody does, or where nobody can tell.

        `labels` are those of the image, which are asked for where they decide; None: nobody knows
        them, and so not whether it belongs to the team that claims what bears them.
        """
        for owner in self.policy.owners:
            globs = owner.images
            if globs and not any(matches_path(glob, repository) for glob in globs):
                continue
            if not owner.labels:
                return owner.team
            borne = labels()
            if borne is None:
                return ""
            if all(fnmatchcase(borne.get(name, ""), glob) for name, glob in owner.labels):
                return owner.team
        return ""

    def __call__(self, looked: Looked, repository: str, deep: ImageResult | None = None) -> Judged:
        """What the policy says about an image.

        `deep` is what a deeper look came to, which has judged the configuration as well.
        """
        # Rules remember what they asked of a document: one at a time.
        with self._lock:
            if deep is not None:
                return self._judged(looked, repository, deep)
            reports = (self._examination(target, Project()) for target in looked.targets)
            report = _whole(sum(reports, Report()))
        said = written(report, looked.targets[0].reference)
        if said is not None:
            return self.again(repository, looked.digest, said)
        report = report._replace(findings=self._levels(report.findings))
        with self._lock:
            return self._judged(looked, repository, ImageResult(report))

    def again(self, repository: str, digest: str, said: bytes, *, others: bool = False) -> Judged:
        """What the policy says about an image of which it is kept what rules said.

        `others`: some were asked of which nothing is to be heard.
        """
        if others:
            said = self._narrow(said, self._rules)
        if self._suppresses:
            with self._lock:
                outcome, findings = self._decided(said, f"{repository}@{digest}")
        else:
            outcome, findings = self._settle(said)
        name = f"sha256:{sha256(said).hexdigest()}"
        judgement = Judgement(self.key, repository, digest, outcome, findings)
        judgement = judgement._replace(examination=self.asked.id, statements=name)
        return Judged(judgement, facts=(Fact(name, STATEMENTS, said),))

    def _settled(self, said: bytes) -> _Decision:
        return self._decided(said, "")

    def _decided(self, said: bytes, origin: str) -> _Decision:
        report = read(said, origin)
        report = report._replace(findings=self._levels(report.findings))
        verdict, report = self._verdict(report, origin)
        return verdict.outcome.value, tuple(self._findings(verdict, report))

    def _judged(self, looked: Looked, repository: str, deep: ImageResult) -> Judged:
        verdict, report = self._verdict(_whole(deep.report), looked.targets[0].reference)
        scanned = Scanned(deep.vulnerabilities)
        findings = tuple(map(scanned.located, self._findings(verdict, report)))
        outcome, known = verdict.outcome.value, scanned.known(findings)
        judgement = Judgement(self.key, repository, looked.digest, outcome, findings, known)
        if deep.packages is not None:
            judgement = judgement._replace(packages=by_layer(deep.packages))
        return Judged(judgement, tuple(map(stored, report.problems)))

    def _verdict(self, report: Report, origin: str) -> tuple[Verdict, Report]:
        """The verdict about an image, and the report without what does not count."""
        bounds = Bounds()
        if self._suppresses:
            settled = self._session.suppress({}, image=report)
            bounds, found = settled.bounds, settled.report.findings
            own = tuple(one for one in found if one.location.origin == origin)
            report = settled.report._replace(findings=own)
        return decide(report, self._fail_on, (_INSPECTED,), bounds=bounds), report

    def _findings(self, verdict: Verdict, report: Report) -> Iterator[StoredFinding]:
        yield from map(_finding, verdict.report.findings)
        yield from map(self._allowed, report.allowed)

    def _allowed(self, allowed: Allowed) -> StoredFinding:
        found = _finding(allowed.finding)
        waiver = self._waiver(allowed) if allowed.kind is AllowanceKind.WAIVER else None
        return found._replace(
            allowed=allowed.kind.value, reason=allowed.reason, until=allowed.until, waiver=waiver
        )

    def _waiver(self, allowed: Allowed) -> int | None:
        """Which waiver it was: the first that says the same and speaks of that image."""
        origin, said = allowed.finding.location.origin, (allowed.reason, allowed.until)
        for at, waiver in enumerate(self._waivers):
            there = not waiver.where or matches_path(waiver.where, origin)
            if (waiver.reason, waiver.until) == said and there:
                return at
        return None

    def waivers(self) -> tuple[UsedWaiver, ...]:
        """The waivers of the policy, in the order to which judgements refer."""
        return tuple(
            UsedWaiver(
                rule=waiver.rule,
                where=waiver.where,
                subject=waiver.subject,
                reason=waiver.reason,
                until=waiver.until,
                origin=waiver.origin,
                approver=waiver.approver,
                owner=waiver.owner,
                ticket=waiver.ticket,
            )
            for waiver in self._waivers
        )


def _whole(report: Report) -> Report:
    """The report about all platforms of an image: what all say of the reference, once."""
    return report._replace(findings=tuple(dict.fromkeys(report.findings)))


def _suppresses(policy: Policy) -> bool:
    """Whether a policy may let anything pass, or has nothing to say: most do neither."""
    settings = (policy.setting(name) for name in policy.enabled)
    exempt = any(setting.exempt for setting in settings)
    said = policy.waivers or policy.trusted or policy.baseline or policy.most_allowed is not None
    return bool(exempt or said or not policy.enabled)


def _finding(finding: Finding) -> StoredFinding:
    package, vulnerability = _about(finding.subject.split())
    return StoredFinding(
        rule=finding.rule,
        severity=finding.severity,
        confidence=finding.confidence.value,
        message=finding.message,
        help=finding.help,
        place=finding.location.path,
        subject=finding.subject,
        notes=tuple(_notes(finding)),
        package=package,
        vulnerability=vulnerability,
    )


def _notes(finding: Finding) -> Iterator[str]:
    for note in finding.notes:
        yield note.message


def _about(words: Iterable[str]) -> tuple[str | None, str | None]:
    """The package and the vulnerability that a subject names (`CVE-2026-1 pkg:deb/debian/a`)."""
    package = vulnerability = None
    for word in words:
        if word.startswith("pkg:"):
            package = word.partition("@")[0].partition("?")[0].rpartition("/")[2]
        elif word.startswith(("CVE-", "GHSA-", "TEMP-", "PYSEC-", "DLA-", "DSA-")):
            vulnerability = word
    return package, vulnerability
