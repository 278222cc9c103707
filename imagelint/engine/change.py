"""What of the findings of now was there before: told by what they are about, not by lines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.fingerprint import content
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from imagelint.core.finding import Finding, Severity

MOST_LINES = 5_000
"""Lines of a text in which it is looked for those that stayed."""


def _place(finding: Finding) -> tuple[object, ...]:
    location = finding.location
    return location.origin, location.start, location.end, finding.rule, finding.message


class Difference(NamedTuple):
    """The findings that are new, those that were there and still are, and those that were."""

    new: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    mended: tuple[Finding, ...]


def kept_lines(before: str, now: str) -> Collection[int]:
    """The numbers, from 1, of the lines of a text that stood in an earlier one in that order.

    Of a text of more than `MOST_LINES` lines nothing is known.
    """
    old, new = before.split("\n"), now.split("\n")
    if len(old) > MOST_LINES or len(new) > MOST_LINES:
        return ()
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {block.b + at + 1 for block in blocks for at in range(block.size)}


def compare_findings(
    now: Iterable[Finding],
    before: Iterable[Finding],
    kept: Callable[[str], Collection[int]] = lambda _origin: (),
) -> Difference:
    """Part the findings of now by those of before; each of before stands for one of now.

    One that was less severe stands for none: the change made it worse. Of several that are alike
    those are the old ones that stand in lines which were there: `kept` gives the numbers of the
    lines of an origin that were.
    """
    now, before = tuple(now), tuple(before)
    # Of files that no change reaches both sides have the very same findings: most of them.
    same = set(map(id, now)) & set(map(id, before))
    unchanged = [finding for finding in now if id(finding) in same]
    old = sorted(_without(before, same), key=_place)
    left: dict[tuple[str, ...], Counter[Severity]] = {}
    for finding in old:
        left.setdefault(content(finding), Counter())[finding.severity] += 1
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for finding in sorted(_without(now, same), key=_place):
        alike.setdefault(content(finding), []).append(finding)
    new: list[Finding] = []
    for key, findings in alike.items():
        severities = left.get(key, Counter())
        if 0 < severities.total() < len(findings):
            lines = kept(findings[0].location.origin)
            findings.sort(key=lambda one: one.location.start.line not in lines)
        # The worst first: what is left of before for it is enough for others, too.
        for finding in sorted(findings, key=lambda one: -one.severity):
            (unchanged if _takes(severities, finding.severity) else new).append(finding)
    mended = []
    for finding in reversed(old):
        severities = left[content(finding)]
        if severities[finding.severity] > 0:
            severities[finding.severity] -= 1
            mended.append(finding)
    return Difference(tuple(new), tuple(unchanged), tuple(reversed(mended)))


def _without(findings: Iterable[Finding], same: Collection[int]) -> Iterable[Finding]:
    return (finding for finding in findings if id(finding) not in same)


def _takes(severities: Counter[Severity], severity: Severity) -> bool:
    """Whether one of before is there that was as severe, the least of those: it is taken."""
    for each in sorted(severities):
        if each >= severity and severities[each] > 0:
            severities[each] -= 1
            return True
    return False
