"""What the policy and the baseline do not count, over a whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.report import AllowanceKind, Allowed
from imagelint.documents.base import AllowanceState, AllowanceUse
from imagelint.engine.allow import nearest_rule
from imagelint.policy.glob import matches_path, matches_subject
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.core.finding import Finding
    from imagelint.core.report import Report
    from imagelint.core.source import Source
    from imagelint.engine.baseline import Baseline, BaselineEntry
    from imagelint.policy.model import Policy, Waiver

# What these speak about is examined only when an image is named, not with the project's files.
_OF_IMAGES = {"vulnerabilities": "vulnerabilities", "signatures": "signatures"}


def _as_it_is(origin: str) -> str:
    return origin.removeprefix("./")


class SuppressionContext(NamedTuple):
    """By what findings of a run are suppressed.

    `today` is an ISO date, `place` gives an origin's path relative to the policy's folder, `whole`
    tells that all of the project was examined: only then can something be called unused.
    """

    policy: Policy
    today: str
    baseline: Baseline | None = None
    place: Callable[[str], str] = _as_it_is
    whole: bool = False


class SuppressionResult(NamedTuple):
    """The report that counts, the waivers that were needed, the stale part of the baseline."""

    report: Report
    used: frozenset[Waiver] = frozenset()
    stale: tuple[BaselineEntry, ...] = ()


def suppress(report: Report, context: SuppressionContext) -> SuppressionResult:
    """Settle a report by exemptions, then waivers, then the baseline.

    What has been allowed before stays so, and a waiver that would have allowed it counts as used.
    """
    used: set[Waiver] = set()
    for allowed in report.allowed:
        used.update(_waivers(allowed.finding, context))
    kept: list[Finding] = []
    permitted: list[Allowed] = []
    for finding in report.findings:
        waivers = _waivers(finding, context)
        used.update(waivers)
        exempt = _exemption(finding, context)
        if exempt:
            reason = f"the policy exempts {exempt}"
            permitted.append(Allowed(finding, AllowanceKind.EXEMPT, reason))
        elif waivers:
            first = waivers[0]
            permitted.append(Allowed(finding, AllowanceKind.WAIVER, first.reason, first.until))
        else:
            kept.append(finding)
    suppressed = report._replace(findings=tuple(kept), allowed=(*report.allowed, *permitted))
    return _by_baseline(SuppressionResult(suppressed, frozenset(used)), context)


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


def _exemption(finding: Finding, context: SuppressionContext) -> str:
    globs = context.policy.setting(finding.rule).exempt
    place = context.place(finding.location.origin) if globs else ""
    for glob in globs:
        if matches_path(glob, place) or (
            finding.subject and matches_subject(glob, finding.subject)
        ):
            return glob
    return ""


def _waivers(finding: Finding, context: SuppressionContext) -> tuple[Waiver, ...]:
    return tuple(
        waiver
        for waiver in context.policy.waivers
        if waiver.until >= context.today
        and finding.rule in catalog.find(waiver.rule)
        and (not waiver.subject or matches_subject(waiver.subject, finding.subject))
        and _is_there(waiver, finding.location.origin, context)
    )


def _is_there(waiver: Waiver, origin: str, context: SuppressionContext) -> bool:
    return not waiver.where or matches_path(waiver.where, context.place(origin))


def _by_baseline(result: SuppressionResult, context: SuppressionContext) -> SuppressionResult:
    if context.baseline is None:
        return result
    from imagelint.engine.baseline import compare, stale

    report = result.report
    comparison = compare(report.findings, context.baseline)
    marked = tuple(zip(report.findings, comparison.known, strict=True))
    old = (
        Allowed(finding, AllowanceKind.BASELINE, "the baseline holds it")
        for finding, known in marked
        if known
    )
    suppressed = report._replace(
        findings=tuple(finding for finding, known in marked if not known),
        allowed=(*report.allowed, *old),
    )
    examined = frozenset(examined.origin for examined in report.examined)
    gone = stale(comparison.missing, examined, whole=context.whole)
    return result._replace(report=suppressed, stale=gone)


def _use(waiver: Waiver, result: SuppressionResult, context: SuppressionContext) -> AllowanceUse:
    meant = catalog.find(waiver.rule)
    if not meant:
        state = AllowanceState.UNKNOWN
    elif waiver.until < context.today:
        state = AllowanceState.EXPIRED
    elif waiver in result.used:
        state = AllowanceState.USED
    elif any(_could_tell(name, waiver, result.report, context) for name in meant):
        state = AllowanceState.UNUSED
    else:
        state = AllowanceState.IDLE
    suggestion = "" if meant else nearest_rule(waiver.rule)
    return AllowanceUse(waiver.span, waiver.rule, state, "waiver", suggestion, waiver.until)


def _could_tell(rule: str, waiver: Waiver, report: Report, context: SuppressionContext) -> bool:
    """Whether the rule would have spoken if there were anything to waive."""
    setting = context.policy.rules.get(rule)
    if not context.whole or setting is None or not setting.enabled:
        return False
    if any(_is_there(waiver, problem.origin, context) for problem in report.problems):
        return False
    kind = _OF_IMAGES.get(catalog.family(rule))
    return kind is None or any(
        examined.kind == kind and _is_there(waiver, examined.origin, context)
        for examined in report.examined
    )
