"""Whether what somebody says against a finding is accepted, and if not, why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.policy.allowances import ALL, NONE, WAYS, Allowances, Claim
from imagelint.policy.glob import matches_path, matches_subject
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from imagelint.core.finding import Finding


_OF_TRUST = "trust"


def _as_it_is(origin: str) -> str:
    return origin


class Terms(NamedTuple):
    """Which claims one policy accepts.

    `name` is what people call it. With `trusted` it holds against who wrote the claims: of its
    `locked` rules nothing counts that it does not say so itself. `place` gives an origin as it is
    from the folder to which its globs are relative: `base`.
    """

    said: Allowances = Allowances()
    name: str = ""
    trusted: bool = False
    locked: Container[str] = ()
    place: Callable[[str], str] = _as_it_is
    base: str = ""

    @property
    def never(self) -> tuple[str, ...]:
        """Rules and families whose findings always count."""
        return self.said.refused_always if self.trusted else self.said.never or ()

    def where(self, key: str) -> str:
        """Where a key was said."""
        return self.said.origins.get(key) or self.name


def objection(terms: Iterable[Terms], claim: Claim, rules: Iterable[str], today: str = "") -> str:
    """Why a claim about rules is not accepted, whatever is found; empty where nothing is wrong.

    Of several rules it must be wrong of all. `today` is an ISO date.
    """
    given = tuple(terms)
    reasons = [_of_rule(given, claim, rule, today) for rule in rules]
    return reasons[0] if reasons and all(reasons) else ""


def refusal(terms: Iterable[Terms], claim: Claim, finding: Finding, today: str = "") -> str:
    """Why a claim is not accepted against a finding; empty where it is.

    All terms must accept it: what one adds can only make fewer claims count.
    """
    given = tuple(terms)
    return _of_rule(given, claim, finding.rule, today) or next(
        filter(None, (_of_severity(each, claim, finding.severity) for each in given)), ""
    )


def _of_rule(terms: tuple[Terms, ...], claim: Claim, rule: str, today: str) -> str:
    reasons = (reason for each in terms for reason in _objections(each, claim, rule, today))
    return next(filter(None, reasons), "")


def _objections(terms: Terms, claim: Claim, rule: str, today: str) -> Iterator[str]:
    said, way = terms.said, WAYS[claim.way]
    extent = said.extents.get(claim.way)
    family = catalog.family(rule)
    # What the tree loosens is not for the tree to allow.
    if rule in terms.never or family in terms.never or (terms.trusted and family == _OF_TRUST):
        yield f"`{rule}` is never allowed ({terms.where('never')})"
    if extent == NONE:
        yield f"{way} do not count ({terms.where(claim.way)})"
    if extent is None and rule in terms.locked:
        yield f"`{rule}` is locked ({terms.name})"
    if extent is None and _goes_round(claim.way, said):
        yield f"{way} need nobody's approval ({terms.name})"
    if said.files is not None and claim.origin:
        yield _of_file(terms, claim)
    if claim.way == "waivers":
        yield from _of_waiver(terms, claim, today)


def _goes_round(way: str, said: Allowances) -> bool:
    """Whether a way that is not mentioned would get round what is demanded of waivers."""
    approved = said.approvers is not None or said.waiver_days is not None
    match way:
        case "exemptions":
            return approved or said.files is not None
        case "baselines":
            return approved and said.files is None
        case _:
            return False


def _of_severity(terms: Terms, claim: Claim, severity: Severity) -> str:
    extent = terms.said.extents.get(claim.way, ALL)
    if severity <= extent:
        return ""
    where = terms.where(claim.way)
    return f"{WAYS[claim.way]} count up to {Severity(extent)}, and this is {severity} ({where})"


def _of_file(terms: Terms, claim: Claim) -> str:
    path = terms.place(claim.origin)
    if any(matches_path(glob, path) for glob in terms.said.files or ()):
        return ""
    return f"{WAYS[claim.way]} in {path} do not count ({terms.where('files')})"


def _of_waiver(terms: Terms, claim: Claim, today: str) -> Iterator[str]:
    days, approvers = terms.said.waiver_days, terms.said.approvers
    if days is not None and _days(today, claim.until) > days:
        where = terms.where("waiver-days")
        yield f"it holds until {claim.until}, and a waiver may last {days:,} days ({where})"
    if approvers is not None and not any(_is(claim.approver, glob) for glob in approvers):
        who = f"`{claim.approver}` may not approve it" if claim.approver else "it has no `approver`"
        yield f"{who} ({terms.where('approvers')})"


def _is(approver: str, glob: str) -> bool:
    return bool(approver) and matches_subject(glob, approver)


def _days(first: str, last: str) -> int:
    """The days from one ISO date to another."""
    from datetime import date

    return (date.fromisoformat(last) - date.fromisoformat(first)).days
