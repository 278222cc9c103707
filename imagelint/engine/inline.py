"""What a document says itself about the findings in it, and which of those words are idle."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.base import NO_RULE, AllowanceState, AllowanceUse, Dialect
from imagelint.documents.parts import part_at
from imagelint.engine.suppression import Suppression, always, nearest_rule, state_of, suppress
from imagelint.rules import catalog
from imagelint.rules.families import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Sequence

    from imagelint.core.finding import Finding
    from imagelint.core.report import AllowanceKind, Allowed
    from imagelint.documents.base import Allowance
    from imagelint.documents.parts import TextPart

MOST_ALLOWANCES = 1_000
"""Of one document. More would take for ever to compare; they allow nothing."""
_ALL = "*"


class InlineTerms(NamedTuple):
    """The rules that ran, and whether a document may say anything of a rule's findings at all."""

    enabled: Container[str]
    may_allow: Callable[[str, AllowanceKind], bool] = always


class AllowanceResult(NamedTuple):
    """The findings of one document that count, those that do not, and its own allowances."""

    kept: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    uses: tuple[AllowanceUse, ...]


def allow_inline(
    findings: Iterable[Finding],
    allowances: Iterable[Allowance],
    terms: InlineTerms,
    parts: Sequence[TextPart] = (),
) -> AllowanceResult:
    """Suppress the findings of a document by the allowances that it holds itself.

    `parts` are the texts of the document: an allowance holds for the one in which it stands.
    Allowances of other tools hold without a reason and are never reported; ours hold only with one.
    """
    considered = tuple(islice(allowances, MOST_ALLOWANCES))
    result = suppress(findings, tuple(_suppression(one, parts, terms) for one in considered))
    uses = tuple(
        _use(allowance, terms.enabled, used=at in result.used)
        for at, allowance in enumerate(considered)
        if allowance.dialect is Dialect.IMAGELINT
    )
    return AllowanceResult(result.kept, result.allowed, uses)


def _suppression(
    allowance: Allowance, parts: Sequence[TextPart], terms: InlineTerms
) -> Suppression:
    part = part_at(parts, allowance.span.start) if parts else None
    return Suppression(
        allowance.kind,
        [name for name in _reached(allowance) if terms.may_allow(name, allowance.kind)],
        _speaks_of(allowance),
        allowance.reason or f"{allowance.dialect.value} is told to ignore {allowance.rule}",
        until=allowance.until,
        scope=part.local(allowance.scope) if part else allowance.scope,
        origins=None if part is None else (part.source.origin,),
    )


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


def _reached(allowance: Allowance) -> Collection[str]:
    """The rules that an allowance reaches: of ours by name, of another tool's by its own ids.

    Who tells another tool to be silent about everything did not speak about every family.
    """
    if allowance.dialect is Dialect.IMAGELINT:
        names = catalog.find(allowance.rule) if allowance.reason else ()
        return [name for name in names if family_of(name).inline]
    tool = allowance.dialect.value
    if allowance.rule == _ALL:
        return [name for name in catalog.answering(tool) if family_of(name).by_wildcard]
    named = frozenset(catalog.answering(tool, allowance.rule))
    return [name for name in catalog.find(allowance.rule) if name in named]


def _use(allowance: Allowance, enabled: Container[str], *, used: bool) -> AllowanceUse:
    meant = catalog.find(allowance.rule)
    if allowance.rule == NO_RULE:
        state = AllowanceState.UNREADABLE
    elif meant and not allowance.reason:
        state = AllowanceState.WITHOUT_REASON
    else:
        state = state_of(meant, used=used, would_speak=lambda name: name in enabled)
    suggestion = nearest_rule(allowance.rule) if state is AllowanceState.UNKNOWN else ""
    return AllowanceUse(allowance.span, allowance.rule, state, suggestion=suggestion)
