"""What a document says itself about the findings in it, and which of those words are idle."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import AllowanceKind
from imagelint.documents.base import NO_RULE, AllowanceState, AllowanceUse, Dialect
from imagelint.documents.parts import part_at
from imagelint.engine.suppression import (
    Suppression,
    nearest_rule,
    standing,
    state_of,
    suppress,
)
from imagelint.policy.allowances import Claim
from imagelint.rules import catalog
from imagelint.rules.families import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Sequence

    from imagelint.core.finding import Finding
    from imagelint.core.report import Allowed
    from imagelint.documents.base import Allowance
    from imagelint.documents.parts import TextPart
    from imagelint.policy.trust.acceptance import Terms

MOST_ALLOWANCES = 1_000
"""Of one document. More would take for ever to compare; they allow nothing."""
_ALL = "*"


class AllowanceResult(NamedTuple):
    """The findings of one document that count, those that do not, and its own allowances."""

    kept: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    uses: tuple[AllowanceUse, ...]


def allow_inline(
    findings: Iterable[Finding],
    allowances: Iterable[Allowance],
    enabled: Container[str],
    parts: Sequence[TextPart] = (),
    terms: Sequence[Terms] = (),
) -> AllowanceResult:
    """Suppress the findings of a document by the allowances that it holds itself.

    `enabled` are the rules that ran, `parts` the texts of the document: an allowance holds for the
    one in which it stands. Allowances of other tools hold without a reason and are never reported;
    ours hold only with one. All hold only as far as the `terms` accept them.
    """
    considered = tuple(islice(allowances, MOST_ALLOWANCES))
    result = suppress(findings, tuple(_suppression(one, parts, terms) for one in considered))
    uses = tuple(
        _refused(allowance, terms, result.refused.get(at, "") if at not in result.used else "")
        or _use(allowance, enabled, used=at in result.used)
        for at, allowance in enumerate(considered)
        if allowance.dialect is Dialect.IMAGELINT
    )
    return AllowanceResult(result.kept, result.allowed, uses)


def _suppression(
    allowance: Allowance, parts: Sequence[TextPart], terms: Sequence[Terms]
) -> Suppression:
    part = part_at(parts, allowance.span.start) if parts else None
    suppression = Suppression(
        allowance.kind,
        reached(allowance),
        _speaks_of(allowance),
        allowance.reason or f"{allowance.dialect.value} is told to ignore {allowance.rule}",
        until=allowance.until,
        scope=part.local(allowance.scope) if part else allowance.scope,
        origins=None if part is None else (part.source.origin,),
    )
    if not terms:
        return suppression
    from imagelint.policy.trust.acceptance import refusal

    claim = _claim(allowance)
    accepting = suppression._replace(refusal=lambda finding: refusal(terms, claim, finding))
    if part is None:
        return accepting
    said, location = standing("allowance", part.source, part.local(allowance.span))
    return accepting._replace(said=said, location=location)


def _claim(allowance: Allowance) -> Claim:
    if allowance.dialect is not Dialect.IMAGELINT:
        return Claim("foreign")
    return Claim("annotations" if allowance.kind is AllowanceKind.ANNOTATION else "inline")


def _refused(allowance: Allowance, terms: Sequence[Terms], reason: str) -> AllowanceUse | None:
    """What is told of an allowance that is not accepted, whether it covers anything or not."""
    meant = catalog.find(allowance.rule)
    if not (terms and meant and allowance.reason):
        return None
    from imagelint.policy.trust.acceptance import objection

    reason = reason or objection(terms, _claim(allowance), meant)
    if not reason:
        return None
    return AllowanceUse(allowance.span, allowance.rule, AllowanceState.REFUSED, reason=reason)


def _speaks_of(allowance: Allowance) -> Callable[[Finding], bool]:
    """Whether an allowance speaks of a finding of a rule that it reaches.

    What another tool is told is only about what that tool would say as well.
    """
    if allowance.dialect is Dialect.IMAGELINT:
        return lambda _finding: True
    tool, said = allowance.dialect.value, "" if allowance.rule == _ALL else allowance.rule

    def speaks_of(finding: Finding) -> bool:
        answered = finding.references
        return answered is None or catalog.answers(answered, tool, said)

    return speaks_of


def reached(allowance: Allowance) -> Collection[str]:
    """The rules that an allowance reaches: of ours by name, of another tool's by its own ids.

    Who tells another tool to be silent about everything did not speak about every family.
    """
    if allowance.dialect is Dialect.IMAGELINT:
        names = catalog.find(allowance.rule) if allowance.reason else ()
        return [name for name in names if family_of(name).inline]
    tool = allowance.dialect.value
    if allowance.rule == _ALL:
        spared = _spared(allowance)
        reach = (name for name in catalog.answering(tool) if name not in spared)
        return [name for name in reach if family_of(name).by_wildcard]
    if allowance.dialect is Dialect.BUILDKIT and not _is_buildkit_check(allowance.rule):
        return []
    found = (name for name in catalog.find(allowance.rule) if not catalog.is_custom(name))
    return [
        name for name in found if catalog.answers(catalog.references(name), tool, allowance.rule)
    ]


def _is_buildkit_check(said: str) -> bool:
    """Whether a check of BuildKit has just that name: it tells upper from lower case."""
    names = catalog.find(said)
    return any(f"BuildKit {said}" in catalog.references(name) for name in names)


def _spared(allowance: Allowance) -> Collection[str]:
    """The rules that answer to a check that is tried out, where that is switched on by name."""
    said = _TRIED if _EVERY in allowance.spared else _TRIED.intersection(allowance.spared)
    return {name for one in said for name in catalog.find(one)}


# `Experimental: true` in frontend/dockerfile/linter/ruleset.go of moby/buildkit
_TRIED = frozenset(("InvalidDefinitionDescription",))
_EVERY = "all"


def _use(allowance: Allowance, enabled: Container[str], *, used: bool) -> AllowanceUse:
    found = catalog.find(allowance.rule)
    # A rule that the policy brings is known where it runs, and nowhere else.
    meant = [name for name in found if name in enabled or not catalog.is_custom(name)]
    if allowance.rule == NO_RULE:
        state = AllowanceState.UNREADABLE
    elif meant and not allowance.reason:
        state = AllowanceState.WITHOUT_REASON
    else:
        state = state_of(meant, used=used, would_speak=lambda name: name in enabled)
    suggestion = nearest_rule(allowance.rule) if state is AllowanceState.UNKNOWN else ""
    return AllowanceUse(allowance.span, allowance.rule, state, suggestion=suggestion)
