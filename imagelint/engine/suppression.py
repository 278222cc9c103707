"""What does not count although it was found: one mechanism, whoever says so.

An allowance in a file, an exemption or a waiver of a policy, and a baseline are all suppressions:
somebody's word, with a reason, that some findings of some rules do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Allowed
from imagelint.core.source import covering
from imagelint.documents.base import AllowanceState
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from imagelint.core.finding import Finding
    from imagelint.core.report import AllowanceKind
    from imagelint.core.source import Span


def as_it_is(origin: str) -> str:
    """An origin as it is from the folder in which the user stands."""
    return origin.removeprefix("./")


def always(_rule: str, _kind: AllowanceKind) -> bool:
    """Every finding may be suppressed, in every way."""
    return True


class Suppression(NamedTuple):
    """Findings of `rules` for which `covers` is true do not count; `until` is an ISO date.

    `scope` is the part of a text in which they must lie, where all findings are about one text,
    `origins` the only texts about which they can be, `subjects` the only subjects. One of these
    says where to look at all; the others, if any, are up to `covers`.
    """

    kind: AllowanceKind
    rules: Collection[str]
    covers: Callable[[Finding], bool]
    reason: str
    until: str = ""
    scope: Span | None = None
    origins: Collection[str] | None = None
    subjects: Collection[str] | None = None


class Suppressed(NamedTuple):
    """The findings that count, those that do not, and which suppressions (by place) were needed."""

    kept: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    used: frozenset[int]


def suppress(findings: Iterable[Finding], suppressions: Sequence[Suppression]) -> Suppressed:
    """Part findings by suppressions: the first that covers one gives the reason, all count as used.

    Looks, for each finding, only at the suppressions of its rule, and at those around it.
    """
    if not suppressions:
        return Suppressed(tuple(findings), (), frozenset())
    from imagelint.core.redact import redact

    given = tuple(findings)
    kept: list[Finding] = []
    allowed: list[Allowed] = []
    used: set[int] = set()
    for finding, candidates in zip(given, _candidates(suppressions, given), strict=True):
        found = [at for at in candidates if suppressions[at].covers(finding)]
        used.update(found)
        if found:
            first = suppressions[found[0]]
            allowed.append(Allowed(finding, first.kind, redact(first.reason), first.until))
        else:
            kept.append(finding)
    return Suppressed(tuple(kept), tuple(allowed), frozenset(used))


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
