"""What does not count although it was found, by whose word, and which of those words are idle."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.report import Allowed
from imagelint.documents.base import NO_RULE, AllowanceState, AllowanceUse, Dialect
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from imagelint.core.finding import Finding
    from imagelint.documents.base import Allowance

# Findings about allowances are answered by mending the allowance.
NEVER_INLINE = "allowances"
MOST_ALLOWANCES = 1_000
"""Of one document. More would take for ever to compare; they allow nothing."""
# Who tells another tool to be silent about everything did not speak about these.
NEVER_BY_WILDCARD = ("secrets", "signatures")


class AllowanceResult(NamedTuple):
    """The findings of one document that count, those that do not, and its own allowances."""

    kept: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    uses: tuple[AllowanceUse, ...]


def allow_inline(
    findings: Iterable[Finding], allowances: Iterable[Allowance], enabled: Container[str]
) -> AllowanceResult:
    """Settle the findings of a document by the allowances that it holds itself.

    `enabled` are the rules that ran. Allowances of other tools hold without a reason and are
    never reported; ours hold only with one.
    """
    considered = tuple(islice(allowances, MOST_ALLOWANCES))
    if not considered:
        return AllowanceResult(tuple(findings), (), ())
    used: set[Allowance] = set()
    kept: list[Finding] = []
    allowed: list[Allowed] = []
    for finding in findings:
        applying = [allowance for allowance in considered if _applies(allowance, finding)]
        used.update(applying)
        if applying:
            allowed.append(Allowed(finding, applying[0].kind, _reason(applying[0])))
        else:
            kept.append(finding)
    ours = (allowance for allowance in considered if allowance.dialect is Dialect.IMAGELINT)
    return AllowanceResult(
        tuple(kept), tuple(allowed), tuple(_use(allowance, used, enabled) for allowance in ours)
    )


def _applies(allowance: Allowance, finding: Finding) -> bool:
    if not allowance.scope.covers(finding.location.span):
        return False
    if allowance.dialect is Dialect.IMAGELINT and not allowance.reason:
        return False
    if catalog.family(finding.rule) == NEVER_INLINE:
        return False
    if allowance.dialect is Dialect.IMAGELINT:
        return finding.rule in catalog.find(allowance.rule)
    if allowance.rule == "*":
        return catalog.family(finding.rule) not in NEVER_BY_WILDCARD and any(
            _theirs(allowance, finding)
        )
    return finding.rule in catalog.find(allowance.rule) and any(
        allowance.rule.lower() in catalog.spellings(reference)
        for reference in _theirs(allowance, finding)
    )


def _theirs(allowance: Allowance, finding: Finding) -> Iterator[str]:
    """The references of a rule to the tool that was spoken to: only these need no reason."""
    tool = allowance.dialect.value
    references = catalog.load(finding.rule).references
    return (name for name in references if name.lower().startswith(tool))


def _reason(allowance: Allowance) -> str:
    return allowance.reason or f"{allowance.dialect.value} is told to ignore {allowance.rule}"


def _use(allowance: Allowance, used: set[Allowance], enabled: Container[str]) -> AllowanceUse:
    if allowance.rule == NO_RULE:
        return AllowanceUse(allowance.span, allowance.rule, AllowanceState.UNREADABLE)
    meant = catalog.find(allowance.rule)
    if not meant:
        return AllowanceUse(
            allowance.span,
            allowance.rule,
            AllowanceState.UNKNOWN,
            suggestion=nearest_rule(allowance.rule),
        )
    if not allowance.reason:
        state = AllowanceState.WITHOUT_REASON
    elif allowance in used:
        state = AllowanceState.USED
    elif any(name in enabled for name in meant):
        state = AllowanceState.UNUSED
    else:
        state = AllowanceState.IDLE
    return AllowanceUse(allowance.span, allowance.rule, state)


def nearest_rule(name: str) -> str:
    """The name of a rule that somebody who wrote `name` may have meant; empty when none is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name.lower().replace("_", "-"), catalog.names(), 1)), "")
