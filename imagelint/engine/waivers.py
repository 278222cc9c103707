"""What the policy and the baseline do not count, over a whole run."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import AllowanceKind
from imagelint.documents.base import AllowanceState, AllowanceUse
from imagelint.engine.decide import Bounds
from imagelint.engine.suppression import (
    Suppression,
    as_it_is,
    nearest_rule,
    standing,
    state_of,
    suppress,
)
from imagelint.policy.allowances import Claim
from imagelint.policy.glob import GlobIndex, matches_path, matches_subject, plain
from imagelint.rules import catalog
from imagelint.rules.families import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from imagelint.core.finding import Finding, Location
    from imagelint.core.report import Allowed, Report
    from imagelint.core.source import Source
    from imagelint.engine.baseline import Baseline, BaselineEntry
    from imagelint.policy.model import Policy, Waiver
    from imagelint.policy.trust.acceptance import Terms


# An id of another tool, as references write it (`hadolint DL3008`), or none of it (`not hadolint`).
_IDS = pattern(r"[A-Za-z-]+ [A-Za-z]+[A-Za-z0-9_-]*")
_NOT = "not "


def _never(_path: str) -> bool:
    return False


class SuppressionContext(NamedTuple):
    """By what findings of a run are suppressed.

    `today` is an ISO date, `place` gives an origin's path relative to the policy's folder, `whole`
    tells that all below that folder was examined: only then can something be called unused.
    `baseline_place` gives an origin as it is from the baseline's folder, `was_examined` tells of
    such a path whether there would be findings about it if there were any. What the policy says
    against findings holds as far as all `terms` accept it, and the baseline as far as all
    `baseline_terms` do.
    """

    policy: Policy
    today: str
    baseline: Baseline | None = None
    place: Callable[[str], str] = as_it_is
    whole: bool = False
    baseline_place: Callable[[str], str] = as_it_is
    was_examined: Callable[[str], bool] = _never
    terms: tuple[Terms, ...] = ()
    baseline_terms: tuple[Terms, ...] = ()


class SuppressionResult(NamedTuple):
    """The report that counts, the waivers that were needed, the stale part of the baseline.

    `refused` are the waivers that were not accepted against what they cover, with the reason.
    `added` is how many findings were suppressed now, beside those that had been before.
    """

    report: Report
    used: frozenset[Waiver] = frozenset()
    stale: tuple[BaselineEntry, ...] = ()
    bounds: Bounds = Bounds()
    refused: Mapping[Waiver, str] = {}
    added: int = 0


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
    exemptions = list(_exemptions(reach, context))
    before = suppress((allowed.finding for allowed in report.allowed), waivers)
    result = suppress(report.findings, [*exemptions, *waivers])
    first = len(exemptions)
    used = {active[at] for at in before.used}
    used |= {active[at - first] for at in result.used if at >= first}
    refused = {active[at]: why for at, why in before.refused.items()}
    refused |= {active[at - first]: why for at, why in result.refused.items() if at >= first}
    suppressed = report._replace(findings=result.kept, allowed=(*report.allowed, *result.allowed))
    added = len(result.allowed)
    settled = SuppressionResult(suppressed, frozenset(used), refused=refused, added=added)
    return _by_baseline(settled, context)


class _Reach:
    """Which of the files and subjects that some findings are about are matched by which globs."""

    def __init__(self, findings: Iterable[Finding], place: Callable[[str], str]) -> None:
        self._findings = tuple(findings)
        self._place = place

    def origins(self, globs: Sequence[str]) -> list[set[str]]:
        """For each glob over paths the origins that it matches."""
        return _matched(globs, GlobIndex.of_paths(globs), self._places(), matches_path)

    def subjects(self, globs: Sequence[str]) -> list[set[str]]:
        """For each glob over subjects those that it matches."""
        return _matched(globs, GlobIndex(globs), self._subjects(), matches_subject)

    def _places(self) -> Iterator[tuple[str, str]]:
        """Each origin, and where that is for the policy: asked for only where a glob is."""
        for one in {each.location.origin for each in self._findings}:
            yield one, plain(self._place(one))

    def _subjects(self) -> Iterator[tuple[str, str]]:
        for one in {each.subject for each in self._findings}:
            if one:
                yield one, one


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
    if not globs:  # nearly always: few rules exempt anything
        return found
    for name, text in texts:
        for at in index.candidates(text):
            if matches(globs[at], text):
                found[at].add(name)
    return found


def _exemptions(reach: _Reach, context: SuppressionContext) -> Iterator[Suppression]:
    for rule, setting in context.policy.rules.items():
        if not setting.exempt:  # nearly always
            continue
        origins, subjects = reach.origins(setting.exempt), reach.subjects(setting.exempt)
        at = setting.origins.get("exempt", "")
        whole = Suppression(
            AllowanceKind.EXEMPT,
            (rule,),
            _anything,
            "the policy exempts what answers to no other id",
            refusal=_refusal(Claim("exemptions"), context.terms, context.today),
            said=f"the exemption at {at}" if at else "an exemption",
        )
        for glob, there, about in zip(setting.exempt, origins, subjects, strict=True):
            of_glob = whole._replace(reason=f"the policy exempts {glob}")
            yield of_glob._replace(origins=there)
            yield of_glob._replace(subjects=about)
        ids = frozenset(one.lower() for one in setting.exempt if _IDS.fullmatch(one))
        if ids:
            yield whole._replace(covers=_answers_only(rule, ids))


def _answers_only(rule: str, exempt: frozenset[str]) -> Callable[[Finding], bool]:
    """Whether a finding answers to ids of tools that are exempt, and to no others of these tools.

    Where `not <tool>` is exempt, also whether it answers to none of the tool. A finding that tells
    no ids of its own answers to all of its rule.
    """
    asked = tuple(one.removeprefix(_NOT) for one in exempt if one.startswith(_NOT))

    def answers_only(finding: Finding) -> bool:
        told = finding.references
        if told is None:
            told = () if catalog.is_custom(rule) else catalog.references(rule)
        if any(not catalog.answers(told, tool) for tool in asked):
            return True
        left_out = [one for one in told if one.lower() in exempt]
        tools = {one.partition(" ")[0] for one in left_out}
        return bool(left_out) and all(
            one in left_out for one in told if one.partition(" ")[0] in tools
        )

    return answers_only


def _anything(_finding: Finding) -> bool:
    return True


def _refusal(claim: Claim, terms: tuple[Terms, ...], today: str) -> Callable[[Finding], str] | None:
    """Why terms do not accept a claim against a finding; nothing where there are none."""
    if not terms:
        return None
    from imagelint.policy.trust.acceptance import refusal

    return lambda finding: refusal(terms, claim, finding, today)


def _claim(waiver: Waiver) -> Claim:
    return Claim("waivers", waiver.until, waiver.approver, waiver.origin)


def _waivers(
    waivers: Sequence[Waiver], reach: _Reach, context: SuppressionContext
) -> list[Suppression]:
    origins = reach.origins([waiver.where for waiver in waivers])
    subjects = reach.subjects([waiver.subject for waiver in waivers])
    return [
        Suppression(
            AllowanceKind.WAIVER,
            catalog.find(waiver.rule),
            _covers(waiver, about),
            waiver.reason,
            waiver.until,
            origins=there if waiver.where else None,
            subjects=about if waiver.subject and not waiver.where else None,
            refusal=_refusal(_claim(waiver), context.terms, context.today),
            said=said,
            location=location,
        )
        for waiver, there, about in zip(waivers, origins, subjects, strict=True)
        for said, location in (_standing(waiver, context),)
    ]


def _standing(waiver: Waiver, context: SuppressionContext) -> tuple[str, Location | None]:
    sources = context.policy.sources if context.terms else ()
    source = next((one for one in sources if one.origin == waiver.origin), None)
    if source is None:
        return f"a waiver of {waiver.origin}", None
    return standing("waiver", source, waiver.span)


def _covers(waiver: Waiver, subjects: Container[str]) -> Callable[[Finding], bool]:
    """Whether a finding is about what a waiver names, and at the place in it that it names."""
    if not (waiver.subject or waiver.path):
        return _anything
    return lambda finding: (
        (not waiver.subject or finding.subject in subjects)
        and (not waiver.path or _is_at(waiver.path, finding.location.path))
    )


def _is_at(glob: str, path: str) -> bool:
    """Whether a glob matches a place, with or without what stands before it of several images."""
    return fnmatchcase(path, glob) or fnmatchcase(path.partition(": ")[2], glob)


def _is_there(waiver: Waiver, origin: str, place: Callable[[str], str]) -> bool:
    return not waiver.where or matches_path(waiver.where, place(origin))


def _by_baseline(result: SuppressionResult, context: SuppressionContext) -> SuppressionResult:
    if context.baseline is None:
        return result
    from imagelint.engine.baseline import compare

    report, place = result.report, context.baseline_place
    comparison = compare(report.findings, context.baseline, place)
    origin = context.baseline.origin
    accepted = comparison.suppression._replace(
        refusal=_refusal(Claim("baselines", origin=origin), context.baseline_terms, context.today),
        said=f"the baseline {origin}",
    )
    old = suppress(report.findings, (accepted,))
    suppressed = report._replace(findings=old.kept, allowed=(*report.allowed, *old.allowed))
    examined = frozenset(place(examined.origin) for examined in report.examined)
    gone = tuple(
        entry
        for entry in comparison.missing
        if entry.origin in examined or context.was_examined(entry.origin)
    )
    return result._replace(report=suppressed, stale=gone, added=result.added + len(old.allowed))


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
    refused = "" if waiver in result.used else _objection(waiver, result, context)
    if meant and waiver.until < context.today:
        state = AllowanceState.EXPIRED
    elif refused:
        state = AllowanceState.REFUSED
    else:
        state = state_of(
            meant,
            used=waiver in result.used,
            would_speak=lambda name: _could_tell(name, waiver, result.report, context),
        )
    suggestion = nearest_rule(waiver.rule) if state is AllowanceState.UNKNOWN else ""
    use = AllowanceUse(waiver.span, waiver.rule, state, "waiver", suggestion)
    return use._replace(until=waiver.until, reason=refused)


def _objection(waiver: Waiver, result: SuppressionResult, context: SuppressionContext) -> str:
    """Why a waiver that allows nothing is not accepted; empty where it is."""
    if not context.terms:
        return ""
    from imagelint.policy.trust.acceptance import objection

    rules = catalog.find(waiver.rule)
    found = result.refused.get(waiver, "")
    return found or objection(context.terms, _claim(waiver), rules, context.today)


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
