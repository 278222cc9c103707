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


class Suppression(NamedTuple):
    """Findings of `rules` for which `covers` is true do not count; `until` is an ISO date.

    `scope` is the part of a text in which they must lie, where all findings are about one text,
    `origins` the only texts about which they can be.
    """

    kind: AllowanceKind
    rules: Collection[str]
    covers: Callable[[Finding], bool]
    reason: str
    until: str = ""
    scope: Span | None = None
    origins: Collection[str] | None = None


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
        places = [findings[number].location.span for number in numbers]
        anywhere, by_origin = _by_origin(suppressions, by_rule.get(rule, ()))
        scopes = {at: scope for at in by_rule.get(rule, ()) if (scope := suppressions[at].scope)}
        ats = list(scopes)
        for number, around in zip(numbers, covering([*scopes.values()], places), strict=True):
            there = by_origin.get(findings[number].location.origin, ())
            result[number] = sorted({*anywhere, *there, *(ats[place] for place in around)})
    return result


def _by_origin(
    suppressions: Sequence[Suppression], ats: Iterable[int]
) -> tuple[list[int], dict[str, list[int]]]:
    """Those of some suppressions that may hold in any text, and the others by text."""
    anywhere: list[int] = []
    by_origin: dict[str, list[int]] = {}
    for at in ats:
        origins = suppressions[at].origins
        if origins is None and suppressions[at].scope is None:
            anywhere.append(at)
        for origin in origins or ():
            by_origin.setdefault(origin, []).append(at)
    return anywhere, by_origin


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
    from difflib import get_close_matches

    return next(iter(get_close_matches(name.lower().replace("_", "-"), catalog.names(), 1)), "")
