"""What was found in images, as the verdict that `gate` would give: for all formats of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Confidence, Finding, Location, Note, Severity
from imagelint.core.record import NamedTuple
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Evidence,
    Examined,
    Outcome,
    Problem,
    ProblemKind,
    Report,
    Verdict,
)
from imagelint.core.subject import About
from imagelint.fleet.unasked import remedy, unasked
from imagelint.reporters.order import by_severity
from imagelint.store.filters import EVERYTHING
from imagelint.store.questions import whose
from imagelint.store.reading import Reader
from imagelint.store.records import Category

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imagelint.store import views
    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

_PAGE = 500
_MOST_FINDINGS = 5_000
"""Of images that are told of together: a scan finds thousands in one."""
OF_NO_IMAGE = "imagelint audit"
"""What stands for a repository where something is about none of them."""
_ANYTHING = Finding("", Severity.INFO, "", Location(""))
_TOLD = frozenset(category.value for category in Category if category.is_told)
_KINDS = {
    Category.UNAUTHORIZED.value: ProblemKind.UNAUTHORIZED,
    Category.GONE.value: ProblemKind.NOT_FOUND,
    Category.MALFORMED.value: ProblemKind.UNPARSABLE,
    Category.TOO_BIG.value: ProblemKind.TOO_LARGE,
    Category.TIMED_OUT.value: ProblemKind.TIMED_OUT,
    Category.THROTTLED.value: ProblemKind.THROTTLED,
    Category.NO_SBOM.value: ProblemKind.NOTHING_EXAMINED,
    Category.TOOL_FAILED.value: ProblemKind.TOOL_FAILED,
}


class _Told(NamedTuple):
    """A result, what was found, and what could not be told."""

    result: views.ResultView
    findings: Sequence[views.FindingView]
    problems: Sequence[views.ProblemView]


class Bounded(NamedTuple):
    """A verdict, and how many findings were left out of it: the least severe ones."""

    verdict: Verdict
    left_out: int = 0


class Verdicts:
    """Verdicts out of a run of a store; each as large as what is asked for."""

    def __init__(self, store: Store, run: views.RunView) -> None:
        self._store = store
        self._reader = Reader(store)
        self._run = run

    def empty(self) -> Verdict:
        """What the run came to, without what was found."""
        return self._verdict(Report(), Outcome(self._run.outcome or Outcome.INCOMPLETE.value))

    def whose(self, part: Verdict) -> Mapping[str, views.Whose]:
        """Who owns the images of a part, and their digests; by reference."""
        report = part.report
        origins = {
            *(one.location.origin for one in report.findings),
            *(one.finding.location.origin for one in report.allowed),
            *(one.origin for one in report.problems),
        }
        with self._store.reading() as connection:
            return whose(connection, self._run.id, origins)

    def parts(self, wanted: ResultFilter = EVERYTHING) -> Iterator[Verdict]:
        """What was found in all images that are wanted, in parts that fit into memory.

        The last may hold what is about no image.
        """
        for part in together(self._reader.results(self._run.id, wanted)):
            report = self._report(part, wanted)
            yield self._verdict(report, _outcome(report, Severity.named(self._run.fail_on)))
        yield from self._about_run(wanted)

    def by_repository(
        self, wanted: ResultFilter = EVERYTHING, most: int = 0
    ) -> Iterator[tuple[str, Bounded]]:
        """One verdict about each repository, and one about what is of none of them.

        Each holds at most so many findings (0: all), the worst; of what is allowed only its kind
        is told then.
        """
        for name, results in self._reader.by_repository(self._run.id, wanted):
            yield name, self._bounded(results, wanted, most)
        for verdict in self._about_run(wanted):
            yield OF_NO_IMAGE, Bounded(verdict)

    def _bounded(
        self, results: Iterable[views.ResultView], wanted: ResultFilter, most: int
    ) -> Bounded:
        whole, left_out = Report(), 0
        shared: dict[Allowed, Allowed] = {}
        for part in together(results):
            report = self._report(part, wanted)
            if most:
                allowed = (one._replace(finding=_ANYTHING) for one in report.allowed)
                same = tuple(shared.setdefault(one, one) for one in allowed)
                report = report._replace(allowed=same)
            whole += report
            if most and len(whole.findings) > most:
                left_out += len(whole.findings) - most
                whole = whole._replace(findings=by_severity(whole.findings)[:most])
        return Bounded(self._verdict(whole), left_out)

    def _verdict(self, report: Report, outcome: Outcome | None = None) -> Verdict:
        run = self._run
        entries = (
            ("audit", f"run {run.id} of {run.started}"),
            ("depth", run.depth),
            ("imagelint", run.version),
            ("policy", f"{run.policy} {run.policy_digest}".rstrip()),
        )
        told = _outcome(report, Severity.named(run.fail_on)) if outcome is None else outcome
        if told is Outcome.PASS and not run.finished:
            told = Outcome.INCOMPLETE
        return Verdict(told, (), report, Evidence(entries))

    def _report(self, results: Iterable[views.ResultView], wanted: ResultFilter) -> Report:
        findings: list[Finding] = []
        allowed: list[Allowed] = []
        problems: list[Problem] = []
        examined: list[Examined] = []
        for result, told, untold in self._with_findings(results, wanted):
            problems += _of(result, untold)
            # Of what was seen in part, that part is told: with what could not be.
            if result.category not in _TOLD and not result.judgement:
                continue
            examined.append(Examined(result.reference, "image", result.digest, About.IMAGE))
            for said in told:
                finding = _finding(said, result.reference)
                if said.allowed:
                    allowed.append(_allowed(said, finding))
                else:
                    findings.append(finding)
        return Report(tuple(findings), tuple(allowed), tuple(problems), tuple(examined))

    def _with_findings(
        self, results: Iterable[views.ResultView], wanted: ResultFilter
    ) -> Iterator[_Told]:
        """Each result with what was found and what could not be told, asked for many at once."""
        for part in together(results):
            found = self._reader.findings_of(
                {one.judgement for one in part if one.judgement}, wanted
            )
            untold = self._reader.problems_of(self._run.id, [one.reference for one in part])
            for one in part:
                yield _Told(one, found.get(one.judgement, ()), untold.get(one.reference, ()))

    def _about_run(self, wanted: ResultFilter) -> Iterator[Verdict]:
        problems = self._of_run(wanted)
        if problems:
            yield self._verdict(Report(problems=problems))

    def _of_run(self, wanted: ResultFilter) -> tuple[Problem, ...]:
        """What could not be told of the run: it goes on, met nothing, or a source gave no list."""
        said = [_problem(each) for each in self._reader.problems_of_sources(self._run.id)]
        if not self._run.finished:
            detail = f"run {self._run.id} is not through: what it has not reached is not told"
            help_ = "let it end, or go on with it by the same `imagelint audit`"
            said.append(Problem(ProblemKind.UNJUDGED, OF_NO_IMAGE, detail, help_))
        elif not self._reader.overview(self._run.id, wanted.of_images).references:
            asked = " of that owner or digest, or in such a repository" if wanted.words else ""
            detail = f"run {self._run.id} met no image{asked}"
            said.append(Problem(ProblemKind.NOTHING_EXAMINED, OF_NO_IMAGE, detail))
        unknown = unasked(self._store, self._run, wanted)
        if unknown:
            said.append(Problem(ProblemKind.UNJUDGED, OF_NO_IMAGE, unknown, remedy(unknown)))
        return tuple(said)


def together(results: Iterable[views.ResultView]) -> Iterator[list[views.ResultView]]:
    """Results in parts with as many findings as fit into memory; one tag's digests together."""
    part: list[views.ResultView] = []
    findings = 0
    for result in results:
        found = result.findings.total + result.findings.allowed
        full = len(part) >= _PAGE or findings + found > _MOST_FINDINGS
        if part and full and not (len(part) < 2 * _PAGE and _same_tag(part[-1], result)):
            yield part
            part, findings = [], 0
        part.append(result)
        findings += found
    if part:
        yield part


def _same_tag(one: views.ResultView, other: views.ResultView) -> bool:
    return bool(one.tag) and (one.repository, one.tag) == (other.repository, other.tag)


def _of(result: views.ResultView, said: Sequence[views.ProblemView]) -> Iterator[Problem]:
    """What could not be told of a reference."""
    for problem in said:
        yield _problem(problem)
    if not said and result.category not in _TOLD:
        kind = _KINDS.get(result.category, ProblemKind.UNREACHABLE)
        yield Problem(kind, result.reference, result.detail or result.category)


def _outcome(report: Report, fail_on: Severity) -> Outcome:
    if any(finding.severity >= fail_on for finding in report.findings):
        return Outcome.FAIL
    return Outcome.INCOMPLETE if report.problems or not report.examined else Outcome.PASS


def _finding(said: views.FindingView, reference: str) -> Finding:
    return Finding(
        said.rule,
        Severity(said.severity),
        said.message,
        Location(reference, path=said.place or said.package),
        said.help,
        tuple(Note(note) for note in said.notes),
        subject=said.subject,
        confidence=Confidence(said.confidence),
    )


def _allowed(said: views.FindingView, finding: Finding) -> Allowed:
    kinds = {kind.value: kind for kind in AllowanceKind}
    return Allowed(finding, kinds.get(said.allowed, AllowanceKind.EXEMPT), said.reason, said.until)


def _problem(said: views.ProblemView) -> Problem:
    kinds = {kind.value: kind for kind in ProblemKind}
    kind = kinds.get(said.kind) or _KINDS.get(said.category, ProblemKind.UNREACHABLE)
    return Problem(kind, said.reference, said.detail, said.help)
