"""What does not count although it was found: one mechanism, whoever says so.

An allowance in a file, an exemption or a waiver of a policy, and a baseline are all suppressions:
somebody's word, with a reason, that some findings of some rules do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Location, Note
from imagelint.core.record import NamedTuple
from imagelint.core.report import Allowed
from imagelint.core.source import covering
from imagelint.documents.base import AllowanceState
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from imagelint.core.finding import Finding
    from imagelint.core.report import AllowanceKind
    from imagelint.core.source import Source, Span


def as_it_is(origin: str) -> str:
    """An origin as it is from the folder in which the user stands."""
    return origin.removeprefix("./")


class Suppression(NamedTuple):
    """Findings of `rules` for which `covers` is true do not count; `until` is an ISO date.

    `scope` is the part of a text in which they must lie, where all findings are about one text,
    `origins` the only texts about which they can be, `subjects` the only subjects. One of these
    says where to look at all; the others, if any, are up to `covers`.

    `refusal` tells why it is not accepted against a finding that it covers, empty where it is; it
    always is where there is none. `said` and `location` tell what it is and where it stands.
    """

    kind: AllowanceKind
    rules: Collection[str]
    covers: Callable[[Finding], bool]
    reason: str
    until: str = ""
    scope: Span | None = None
    origins: Collection[str] | None = None
    subjects: Collection[str] | None = None
    refusal: Callable[[Finding], str] | None = None
    said: str = ""
    location: Location | None = None


class Suppressed(NamedTuple):
    """The findings that count, those that do not, and which suppressions (by place) were needed.

    `refused` are those that covered something and were not accepted, with the reason.
    """

    kept: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    used: frozenset[int]
    refused: Mapping[int, str] = {}


def suppress(findings: Iterable[Finding], suppressions: Sequence[Suppression]) -> Suppressed:
    """Part findings by suppressions: the first that covers one gives the reason, all count as used.

    A finding of which none is accepted that covers it stands, with a note that says so.

    Looks, for each finding, only at the suppressions of its rule, and at those around it.
    """
    if not suppressions:
        return Suppressed(tuple(findings), (), frozenset())
    from imagelint.core.redact import redact

    given = tuple(findings)
    kept: list[Finding] = []
    allowed: list[Allowed] = []
    used: set[int] = set()
    refused: dict[int, str] = {}
    for finding, candidates in zip(given, _candidates(suppressions, given), strict=True):
        found = [at for at in candidates if suppressions[at].covers(finding)]
        reasons = _refusals(suppressions, found, finding)
        accepted = [at for at in found if at not in reasons]
        used.update(accepted)
        refused.update(reasons)
        if accepted:
            first = suppressions[accepted[0]]
            allowed.append(Allowed(finding, first.kind, redact(first.reason), first.until))
        else:
            kept.append(_told(finding, suppressions, reasons) if reasons else finding)
    return Suppressed(tuple(kept), tuple(allowed), frozenset(used), refused)


def _refusals(
    suppressions: Sequence[Suppression], ats: Iterable[int], finding: Finding
) -> dict[int, str]:
    """Why some suppressions of a finding are not accepted, by their place; of others nothing."""
    asked = ((at, suppressions[at].refusal) for at in ats)
    reasons = {at: refusal(finding) for at, refusal in asked if refusal is not None}
    return {at: reason for at, reason in reasons.items() if reason}


def _told(
    finding: Finding, suppressions: Sequence[Suppression], reasons: Mapping[int, str]
) -> Finding:
    """A finding with a note about the first of those that are not accepted against it."""
    from imagelint.core.redact import redact

    at, reason = next(iter(reasons.items()))
    first, more = suppressions[at], len(reasons) - 1
    others = f" (and {more:,} more)" if more else ""
    message = f"{first.said or 'an allowance'}{others} is not accepted: {redact(reason)}"
    return finding._replace(notes=(*finding.notes, Note(message, first.location)))


def _candidates(
    suppressions: Sequence[Suppression], findings: Sequence[Finding]
) -> list[list[int]]:
    """For each finding the suppressions of its rule that hold where it stands, in order."""
    of_rule: dict[str, list[int]] = {}
    for number, finding in enumerate(findings):
        of_rule.setdefault(finding.rule, []).append(number)
    by_rule = _by_rule(suppressions)
    result: list[list[int]] = [[] for _ in findings]
    for rule, numbers in of_rule.items():
        held = _held(suppressions, by_rule.get(rule, ()))
        scoped = [at for at in by_rule.get(rule, ()) if suppressions[at].scope]
        around = _around(suppressions, scoped, findings, numbers) if scoped else {}
        for number in numbers:
            there = held.by_origin.get(findings[number].location.origin, ())
            about = held.by_subject.get(findings[number].subject, ())
            result[number] = sorted({*held.anywhere, *there, *about, *around.get(number, ())})
    return result


def _around(
    suppressions: Sequence[Suppression],
    scoped: Iterable[int],
    findings: Sequence[Finding],
    numbers: Iterable[int],
) -> dict[int, list[int]]:
    """The suppressions in whose scope each of some findings lies, by the finding's number."""
    by_text: dict[str, list[int]] = {}
    for number in numbers:
        by_text.setdefault(findings[number].location.origin, []).append(number)
    result: dict[int, list[int]] = {}
    for text, inside in by_text.items():
        ats = [at for at in scoped if text in (suppressions[at].origins or (text,))]
        scopes = [scope for at in ats if (scope := suppressions[at].scope)]
        places = [findings[number].location.span for number in inside]
        for number, places_around in zip(inside, covering(scopes, places), strict=True):
            result[number] = [ats[place] for place in places_around]
    return result


class _Held(NamedTuple):
    """Some suppressions without a scope: those that may hold of anything, and the others."""

    anywhere: list[int]
    by_origin: dict[str, list[int]]
    by_subject: dict[str, list[int]]


def _held(suppressions: Sequence[Suppression], ats: Iterable[int]) -> _Held:
    held = _Held([], {}, {})
    for at in ats:
        one = suppressions[at]
        if one.scope is not None:
            continue
        if one.origins is None and one.subjects is None:
            held.anywhere.append(at)
        for origin in one.origins or ():
            held.by_origin.setdefault(origin, []).append(at)
        for subject in one.subjects or ():
            held.by_subject.setdefault(subject, []).append(at)
    return held


def _by_rule(suppressions: Sequence[Suppression]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, suppression in enumerate(suppressions):
        for rule in suppression.rules:
            found.setdefault(rule, []).append(at)
    return found


def standing(what: str, source: Source, span: Span) -> tuple[str, Location]:
    """What somebody says and where: `the waiver at .imagelint.yaml:7`, and that as a place."""
    start, end = source.position(span.start), source.position(span.end)
    where = Location(source.origin, span, start, end)
    return f"the {what} at {source.origin}:{start.line}", where


def state_of(
    rules: Collection[str], *, used: bool, would_speak: Callable[[str], bool]
) -> AllowanceState:
    """What became of somebody's word about rules; `would_speak`: they ran where it holds."""
    if not rules:
        return AllowanceState.UNKNOWN
    if used:
        return AllowanceState.USED
    return AllowanceState.UNUSED if any(map(would_speak, rules)) else AllowanceState.IDLE


def nearest_rule(name: str) -> str:
    """The name of a rule that somebody who wrote `name` may have meant; empty when none is near."""
    from imagelint.core.nearest import nearest

    return nearest(name, catalog.names())
