"""What the policy and the baseline do not count, over a whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.report import Allowed, Permit
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


class Terms(NamedTuple):
    """By what a run is settled.

    `today` is an ISO date, `place` gives an origin's path relative to the policy's folder, `whole`
    tells that all of the project was examined: only then can something be called unused.
    """

    policy: Policy
    today: str
    baseline: Baseline | None = None
    place: Callable[[str], str] = _as_it_is
    whole: bool = False


class Settlement(NamedTuple):
    """The report that counts, the waivers that were needed, the stale part of the baseline."""

    report: Report
    used: frozenset[Waiver] = frozenset()
    stale: tuple[BaselineEntry, ...] = ()


def settle(report: Report, terms: Terms) -> Settlement:
    """Settle a report by exemptions, then waivers, then the baseline.

    What has been allowed before stays so, and a waiver that would have allowed it counts as used.
    """
    used: set[Waiver] = set()
    for allowed in report.allowed:
        used.update(_waivers(allowed.finding, terms))
    kept: list[Finding] = []
    permitted: list[Allowed] = []
    for finding in report.findings:
        waivers = _waivers(finding, terms)
        used.update(waivers)
        exempt = _exemption(finding, terms)
        if exempt:
            reason = f"the policy exempts {exempt}"
            permitted.append(Allowed(finding, Permit.EXEMPT, reason))
        elif waivers:
            first = waivers[0]
            permitted.append(Allowed(finding, Permit.WAIVER, first.reason, first.until))
        else:
            kept.append(finding)
    settled = report._replace(findings=tuple(kept), allowed=(*report.allowed, *permitted))
    return _by_baseline(Settlement(settled, frozenset(used)), terms)


def waiver_uses(
    settlement: Settlement, terms: Terms
) -> tuple[tuple[Source, tuple[AllowanceUse, ...]], ...]:
    """What became of the waivers of each policy file, in the order in which they are written."""
    return tuple(
        (source, uses)
        for source in terms.policy.sources
        if (
            uses := tuple(
                _use(waiver, settlement, terms)
                for waiver in terms.policy.waivers
                if waiver.origin == source.origin
            )
        )
    )


def _exemption(finding: Finding, terms: Terms) -> str:
    globs = terms.policy.setting(finding.rule).exempt
    place = terms.place(finding.location.origin) if globs else ""
    for glob in globs:
        if matches_path(glob, place) or (
            finding.subject and matches_subject(glob, finding.subject)
        ):
            return glob
    return ""


def _waivers(finding: Finding, terms: Terms) -> tuple[Waiver, ...]:
    return tuple(
        waiver
        for waiver in terms.policy.waivers
        if waiver.until >= terms.today
        and finding.rule in catalog.find(waiver.rule)
        and (not waiver.subject or matches_subject(waiver.subject, finding.subject))
        and _is_there(waiver, finding.location.origin, terms)
    )


def _is_there(waiver: Waiver, origin: str, terms: Terms) -> bool:
    return not waiver.where or matches_path(waiver.where, terms.place(origin))


def _by_baseline(settlement: Settlement, terms: Terms) -> Settlement:
    if terms.baseline is None:
        return settlement
    from imagelint.engine.baseline import compare, stale

    report = settlement.report
    comparison = compare(report.findings, terms.baseline)
    marked = tuple(zip(report.findings, comparison.known, strict=True))
    old = (
        Allowed(finding, Permit.BASELINE, "the baseline holds it")
        for finding, known in marked
        if known
    )
    settled = report._replace(
        findings=tuple(finding for finding, known in marked if not known),
        allowed=(*report.allowed, *old),
    )
    examined = frozenset(examined.origin for examined in report.examined)
    gone = stale(comparison.missing, examined, whole=terms.whole)
    return settlement._replace(report=settled, stale=gone)


def _use(waiver: Waiver, settlement: Settlement, terms: Terms) -> AllowanceUse:
    meant = catalog.find(waiver.rule)
    if not meant:
        state = AllowanceState.UNKNOWN
    elif waiver.until < terms.today:
        state = AllowanceState.EXPIRED
    elif waiver in settlement.used:
        state = AllowanceState.USED
    elif any(_could_tell(name, waiver, settlement.report, terms) for name in meant):
        state = AllowanceState.UNUSED
    else:
        state = AllowanceState.IDLE
    suggestion = "" if meant else nearest_rule(waiver.rule)
    return AllowanceUse(waiver.span, waiver.rule, state, "waiver", suggestion, waiver.until)


def _could_tell(rule: str, waiver: Waiver, report: Report, terms: Terms) -> bool:
    """Whether the rule would have spoken if there were anything to waive."""
    setting = terms.policy.rules.get(rule)
    if not terms.whole or setting is None or not setting.enabled:
        return False
    if any(_is_there(waiver, problem.origin, terms) for problem in report.problems):
        return False
    kind = _OF_IMAGES.get(catalog.family(rule))
    return kind is None or any(
        examined.kind == kind and _is_there(waiver, examined.origin, terms)
        for examined in report.examined
    )
