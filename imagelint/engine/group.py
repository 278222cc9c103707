"""Findings of one cause as one: what a reader would mend by one change.

Everything that is said about single findings (allowances, waivers, baselines, levels) has been said
before: here nothing is lost, it is only told together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.finding import Finding

_MOST_MESSAGES = 5


def grouped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, those of one cause as one where the first of them stands.

    The one is the worst of them, and of these the first in the text; the others are its `parts`.
    """
    by_cause: dict[tuple[str, str], list[Finding]] = {}
    order: list[list[Finding]] = []
    for finding in findings:
        cause = (finding.location.origin, finding.cause)
        known = by_cause.get(cause) if finding.cause and not finding.parts else None
        if known is not None:
            known.append(finding)
            continue
        order.append([finding])
        if finding.cause:
            by_cause[cause] = order[-1]
    return tuple(map(_together, order))


def _together(findings: list[Finding]) -> Finding:
    first, *others = sorted(findings, key=_worst_first)
    if not others:
        return first
    helps = dict.fromkeys(each.help for each in (first, *others) if each.help)
    more = len(others)
    count = "1 more finding has" if more == 1 else f"{more} more findings have"
    return first._replace(
        message=f"{first.message}; {count} the same cause",
        help="; ".join(helps),
        notes=(*first.notes, *map(Note, _notes(others))),
        parts=tuple(others),
    )


def _worst_first(finding: Finding) -> tuple[object, ...]:
    return (-finding.severity, finding.location.span, finding.rule)


def _notes(others: list[Finding]) -> tuple[str, ...]:
    """One for each rule, with what it says about each of its subjects."""
    messages: dict[str, list[str]] = {}
    for finding in others:
        messages.setdefault(finding.rule, []).append(finding.message)
    return tuple(f"{rule}: {_listed(said)}" for rule, said in messages.items())


def _listed(said: list[str]) -> str:
    shown = "; ".join(said[:_MOST_MESSAGES])
    more = len(said) - _MOST_MESSAGES
    return f"{shown}; and {more} more" if more > 0 else shown
