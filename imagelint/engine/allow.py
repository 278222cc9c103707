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


class Settled(NamedTuple):
    """The findings of one document that count, those that do not, and its own allowances."""

    kept: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    uses: tuple[AllowanceUse, ...]


def allow_inline(
    findings: Iterable[Finding], allowances: Iterable[Allowance], enabled: Container[str]
) -> Settled:
    """Settle the findings of a document by the allowances that it holds itself.

    `enabled` are the rules that ran. Allowances of other tools hold without a reason and are
    never reported; ours hold only with one.
    """
    wishes = tuple(islice(allowances, MOST_ALLOWANCES))
    if not wishes:
        return Settled(tuple(findings), (), ())
    used: set[Allowance] = set()
    kept: list[Finding] = []
    allowed: list[Allowed] = []
    for finding in findings:
        heard = [wish for wish in wishes if _permits(wish, finding)]
        used.update(heard)
        if heard:
            allowed.append(Allowed(finding, heard[0].permit, _reason(heard[0])))
        else:
            kept.append(finding)
    ours = (wish for wish in wishes if wish.dialect is Dialect.IMAGELINT)
    return Settled(tuple(kept), tuple(allowed), tuple(_use(wish, used, enabled) for wish in ours))


def _permits(wish: Allowance, finding: Finding) -> bool:
    if not wish.scope.covers(finding.location.span):
        return False
    if wish.dialect is Dialect.IMAGELINT and not wish.reason:
        return False
    if catalog.family(finding.rule) == NEVER_INLINE:
        return False
    if wish.dialect is Dialect.IMAGELINT:
        return finding.rule in catalog.find(wish.rule)
    if wish.rule == "*":
        return catalog.family(finding.rule) not in NEVER_BY_WILDCARD and any(_theirs(wish, finding))
    return finding.rule in catalog.find(wish.rule) and any(
        wish.rule.lower() in catalog.spellings(reference) for reference in _theirs(wish, finding)
    )


def _theirs(wish: Allowance, finding: Finding) -> Iterator[str]:
    """The references of a rule to the tool that was spoken to: only these need no reason."""
    tool = wish.dialect.value
    references = catalog.load(finding.rule).references
    return (name for name in references if name.lower().startswith(tool))


def _reason(wish: Allowance) -> str:
    return wish.reason or f"{wish.dialect.value} is told to ignore {wish.rule}"


def _use(wish: Allowance, used: set[Allowance], enabled: Container[str]) -> AllowanceUse:
    if wish.rule == NO_RULE:
        return AllowanceUse(wish.span, wish.rule, AllowanceState.UNREADABLE)
    meant = catalog.find(wish.rule)
    if not meant:
        return AllowanceUse(
            wish.span, wish.rule, AllowanceState.UNKNOWN, suggestion=nearest_rule(wish.rule)
        )
    if not wish.reason:
        state = AllowanceState.WITHOUT_REASON
    elif wish in used:
        state = AllowanceState.USED
    elif any(name in enabled for name in meant):
        state = AllowanceState.UNUSED
    else:
        state = AllowanceState.IDLE
    return AllowanceUse(wish.span, wish.rule, state)


def nearest_rule(name: str) -> str:
    """The name of a rule that somebody who wrote `name` may have meant; empty when none is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name.lower().replace("_", "-"), catalog.names(), 1)), "")
