"""What a change brings: the findings of the files as they are, without those that were there."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from imagelint.collect.commit import read_fork
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Change, ProblemKind
from imagelint.engine.change import compare_findings, kept_lines
from imagelint.run.changes.before import files_before, judge_before
from imagelint.run.exclusions import Exclusions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from imagelint.core.finding import Finding
    from imagelint.core.report import Problem, Report
    from imagelint.engine.baseline import Baseline
    from imagelint.engine.waivers import SuppressionResult
    from imagelint.run.changes.before import Before
    from imagelint.run.files import Judgement
    from imagelint.run.session import Session, Survey

# Who lacks something to judge a file lacks it for what changes around it, too.
_OF_THE_FILE = frozenset(
    {
        *(ProblemKind.UNREADABLE, ProblemKind.UNPARSABLE, ProblemKind.TEMPLATE),
        *(ProblemKind.TOO_LARGE, ProblemKind.UNRECOGNISED),
    }
)


class Compared(NamedTuple):
    """The result without what is not new, and what that is."""

    result: SuppressionResult
    change: Change


class Request(NamedTuple):
    """What is compared: the files below some paths with those of the fork from a revision.

    `baseline` is that of the command line.
    """

    paths: tuple[str, ...]
    ref: str
    baseline: Baseline | None = None


def since(
    result: SuppressionResult, survey: Survey, session: Session, request: Request
) -> Compared:
    """A result without what was there where the checkout left a revision.

    The files are judged as they were there, by the policy of now. What is the same is known by its
    content, as in a baseline, but whatever it is about.

    Raises:
        UsageError: there is no such commit, or something of it is not here.
    """
    now = survey.judgement
    if now is None:
        raise UsageError(Diagnostic("--since is about files, not about standard input (`-`)"))
    commit = read_fork(request.ref, request.paths[0], "--since")
    exclusions = Exclusions(session.policies, session.exclude)
    before = files_before(commit, now, request.paths, exclusions.leave_out)
    then = judge_before(now, before, session.run())
    reports = {
        origin: exclusions.judged(before.files[origin].path, report)
        for origin, report in then.judgement.reports().items()
    }
    for origin, file in before.files.items():
        if file.named and origin not in then.again:  # as what it was taken in the end
            reports[origin] = survey.reports[origin]
    found = session.suppress_before(reports, request.baseline, request.paths).report
    lines = _KeptLines(now, before)
    difference = compare_findings(
        result.report.findings, _under_new_names(found.findings, before.renamed), lines
    )
    told = [one for one in result.report.problems if one.origin not in now.renderings.problems]
    problems = tuple(_untouched(told, reports, then.again))
    change = Change(commit.name, commit.sha, difference.unchanged, difference.mended, problems)
    return Compared(new_only(result, difference.new, change, session), change)


def new_only(
    result: SuppressionResult, new: tuple[Finding, ...], change: Change, session: Session
) -> SuppressionResult:
    """A result with what is new, but what its policies let fail all the same."""
    fails = cache(lambda origin: _fails(origin, session))
    older = tuple(one for one in change.unchanged if fails(one.location.origin))
    old = set(change.problems)
    problems = tuple(
        one for one in result.report.problems if one not in old or _fails(one.origin, session)
    )
    report = result.report._replace(findings=new, problems=problems)
    return result._replace(report=report, bounds=result.bounds._replace(older=older, new=True))


def _fails(origin: str, session: Session) -> bool:
    return session.policies.of(os.path.dirname(origin) or ".").since == "all"


def _untouched(
    problems: Iterable[Problem], before: Mapping[str, Report], again: Collection[str]
) -> Iterator[Problem]:
    """The problems of files that nothing reaches which the change brings."""
    for problem in problems:
        origin = problem.origin
        told = before[origin].problems if origin in before else ()
        if problem.kind in _OF_THE_FILE and origin not in again and problem in told:
            yield problem


def _under_new_names(findings: Iterable[Finding], renamed: Mapping[str, str]) -> Iterator[Finding]:
    for finding in findings:
        origin = renamed.get(finding.location.origin)
        if origin is None:
            yield finding
        else:
            yield finding._replace(location=finding.location._replace(origin=origin))


class _KeptLines:
    """The lines of files that were there before, found out for files of which somebody asks."""

    def __init__(self, now: Judgement, before: Before) -> None:
        self._now = now
        self._before = before
        self._then = {new: old for old, new in before.renamed.items()}
        self._known: dict[str, Collection[int]] = {}

    def __call__(self, origin: str) -> Collection[int]:
        if origin not in self._known:
            self._known[origin] = self._lines(origin)
        return self._known[origin]

    def _lines(self, origin: str) -> Collection[int]:
        found = self._now.files.get(origin)
        old = self._before.texts.get(self._then.get(origin, origin))
        source = self._now.file_index.content(found).text.source if found else None
        return kept_lines(old, source.text) if old is not None and source is not None else ()
