"""What the policy and the baseline do not count, over a whole run."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import AllowanceKind
from imagelint.documents.base import AllowanceState, AllowanceUse
from imagelint.engine.suppression import (
    Suppression,
    always,
    as_it_is,
    nearest_rule,
    state_of,
    suppress,
)
from imagelint.policy.glob import GlobIndex, matches_path, matches_subject, plain
from imagelint.rules import catalog
from imagelint.rules.families import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from imagelint.core.finding import Finding, Severity
    from imagelint.core.report import Allowed, Report
    from imagelint.core.source import Source
    from imagelint.engine.baseline import Baseline, BaselineEntry
    from imagelint.policy.model import Policy, Waiver


def _never(_path: str) -> bool:
    return False


class SuppressionContext(NamedTuple):
    """By what findings of a run are suppressed.

    `today` is an ISO date, `place` gives an origin's path relative to the policy's folder, `whole`
    tells that all below that folder was examined: only then can something be called unused.
    `baseline_place` gives an origin as it is from the baseline's folder, `was_examined` tells of
    such a path whether there would be findings about it if there were any. `may_allow` tells for
    a rule whether its findings may be suppressed at all.
    """

    policy: Policy
    today: str
    baseline: Baseline | None = None
    place: Callable[[str], str] = as_it_is
    whole: bool = False
    baseline_place: Callable[[str], str] = as_it_is
    was_examined: Callable[[str], bool] = _never
    may_allow: Callable[[str, AllowanceKind], bool] = always


class SuppressionResult(NamedTuple):
    """The report that counts, the waivers that were needed, the stale part of the baseline.

    `thresholds` are the lowest severities that fail, by what findings are about.
    """

    report: Report
    used: frozenset[Waiver] = frozenset()
    stale: tuple[BaselineEntry, ...] = ()
    thresholds: Mapping[str, Severity] = {}


def suppress_report(report: Report, context: SuppressionContext) -> SuppressionResult:
    """Suppress what a report found by exemptions, then waivers, then the baseline.

    What has been allowed before stays so until its last day, and a waiver that would have allowed
    it counts as used.
    """
    report = _without_ended(report, context.today)
    place = cache(context.place)
    active = [waiver for waiver in context.policy.waivers if waiver.until >= context.today]
    findings = (*report.findings, *(allowed.finding for allowed in report.allowed))
    reach = _Reach(findings, place)
    waivers = _waivers(active, reach, context)
    exemptions = list(_exemptions(context, reach))
    before = suppress((allowed.finding for allowed in report.allowed), waivers)
    result = suppress(report.findings, [*exemptions, *waivers])
    used = {active[at] for at in before.used}
    used |= {active[at - len(exemptions)] for at in result.used if at >= len(exemptions)}
    suppressed = report._replace(findings=result.kept, allowed=(*report.allowed, *result.allowed))
    return _by_baseline(SuppressionResult(suppressed, frozenset(used)), context)


class _Reach:
    """Which of the files and subjects that some findings are about are matched by which globs."""

    def __init__(self, findings: Iterable[Finding], place: Callable[[str], str]) -> None:
        given = tuple(findings)
        self._places = [
            (one, plain(place(one))) for one in {each.location.origin for each in given}
        ]
        self._subjects = [(one, one) for one in {each.subject for each in given} if one]

    def origins(self, globs: Sequence[str]) -> list[set[str]]:
        """For each glob over paths the origins that it matches."""
        return _matched(globs, GlobIndex.of_paths(globs), self._places, matches_path)

    def subjects(self, globs: Sequence[str]) -> list[set[str]]:
        """For each glob over subjects those that it matches."""
        return _matched(globs, GlobIndex(globs), self._subjects, matches_subject)


def _without_ended(report: Report, today: str) -> Report:
    """The report in which findings count again that were allowed until a day that is over."""

    def has_ended(allowed: Allowed) -> bool:
        return "" < allowed.until < today

    ended = tuple(allowed.finding for allowed in report.allowed if has_ended(allowed))
    if not ended:
        return report
    still = tuple(allowed for allowed in report.allowed if not has_ended(allowed))
    return report._replace(findings=(*report.findings, *ended), allowed=still)


def _matched(
    globs: Sequence[str],
    index: GlobIndex,
    texts: Iterable[tuple[str, str]],
    matches: Callable[[str, str], bool],
) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in globs]
    for name, text in texts:
        for at in index.candidates(text):
            if matches(globs[at], text):
                found[at].add(name)
    return found


def _exemptions(context: SuppressionContext, reach: _Reach) -> Iterator[Suppression]:
    for rule, setting in context.policy.rules.items():
        if setting.exempt and not context.may_allow(rule, AllowanceKind.EXEMPT):
            continue
        origins, subjects = reach.origins(setting.exempt), reach.subjects(setting.exempt)
        for glob, there, about in zip(setting.exempt, origins, subjects, strict=True):
            reason = f"the policy exempts {glob}"
            whole = Suppression(AllowanceKind.EXEMPT, (rule,), _anything, reason)
            yield whole._replace(origins=there)
            yield whole._replace(subjects=about)


def _anything(_finding: Finding) -> bool:
    return True


def _waivers(
    waivers: Sequence[Waiver], reach: _Reach, context: SuppressionContext
) -> list[Suppression]:
    def meant(waiver: Waiver) -> list[str]:
        names = catalog.find(waiver.rule)
        return [name for name in names if context.may_allow(name, AllowanceKind.WAIVER)]

    origins = reach.origins([waiver.where for waiver in waivers])
    subjects = reach.subjects([waiver.subject for waiver in waivers])
    return [
        Suppression(
            AllowanceKind.WAIVER,
            meant(waiver),
            _about(about) if waiver.subject else _anything,
            waiver.reason,
            waiver.until,
            origins=there if waiver.where else None,
            subjects=about if waiver.subject and not waiver.where else None,
        )
        for waiver, there, about in zip(waivers, origins, subjects, strict=True)
    ]


def _about(subjects: Container[str]) -> Callable[[Finding], bool]:
    return lambda finding: finding.subject in subjects


def _is_there(waiver: Waiver, origin: str, place: Callable[[str], str]) -> bool:
    return not waiver.where or matches_path(waiver.where, place(origin))


def _by_baseline(result: SuppressionResult, context: SuppressionContext) -> SuppressionResult:
    if context.baseline is None:
        return result
    from imagelint.engine.baseline import compare

    report, place = result.report, context.baseline_place
    comparison = compare(report.findings, context.baseline, place)
    held = comparison.suppression
    may = [rule for rule in held.rules if context.may_allow(rule, AllowanceKind.BASELINE)]
    old = suppress(report.findings, (held._replace(rules=may),))
    suppressed = report._replace(findings=old.kept, allowed=(*report.allowed, *old.allowed))
    examined = frozenset(place(examined.origin) for examined in report.examined)
    gone = tuple(
        entry
        for entry in comparison.missing
        if entry.origin in examined or context.was_examined(entry.origin)
    )
    return result._replace(report=suppressed, stale=gone)


def waiver_uses(
    result: SuppressionResult, context: SuppressionContext
) -> tuple[tuple[Source, tuple[AllowanceUse, ...]], ...]:
    """What became of the waivers of each policy file, in the order in which they are written."""
    return tuple(
        (source, uses)
        for source in context.policy.sources
        if (
            uses := tuple(
                _use(waiver, result, context)
                for waiver in context.policy.waivers
                if waiver.origin == source.origin
            )
        )
    )


def _use(waiver: Waiver, result: SuppressionResult, context: SuppressionContext) -> AllowanceUse:
    meant = catalog.find(waiver.rule)
    if meant and waiver.until < context.today:
        state = AllowanceState.EXPIRED
    else:
        state = state_of(
            meant,
            used=waiver in result.used,
            would_speak=lambda name: _could_tell(name, waiver, result.report, context),
        )
    suggestion = nearest_rule(waiver.rule) if state is AllowanceState.UNKNOWN else ""
    return AllowanceUse(waiver.span, waiver.rule, state, "waiver", suggestion, waiver.until)


def _could_tell(rule: str, waiver: Waiver, report: Report, context: SuppressionContext) -> bool:
    """Whether the rule would have spoken if there were anything to waive."""
    setting = context.policy.rules.get(rule)
    if not context.whole or setting is None or not setting.enabled:
        return False
    if any(_is_there(waiver, problem.origin, context.place) for problem in report.problems):
        return False
    # What is there only with an image is not examined together with the project's files.
    kind = family_of(rule).judges
    return not kind or any(
        examined.kind == kind and _is_there(waiver, examined.origin, context.place)
        for examined in report.examined
    )
