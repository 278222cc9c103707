"""What a finding is known by when lines move: for baselines and for SARIF."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.digest import sha256
from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.finding import Finding, Location

_INDEX = pattern(r"\[\d+\]")
_SPACE = pattern(r"\s+")


def fingerprint(finding: Finding, occurrence: int = 0) -> str:
    """32 hexadecimal digits of rule, origin, logical path, subject and text of the place.

    Line numbers, white space and positions in lists do not count, nor does the message.
    `occurrence` tells findings apart that agree in all of that: 0 for the first.
    """
    words = [*content(finding), str(occurrence)]
    return str(sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest())[:32]


def fingerprints(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The fingerprint of each finding; those which are alike are counted in the order given."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in findings:
        key = content(finding)
        found.append(fingerprint(finding, seen[key]))
        seen[key] += 1
    return tuple(found)


def content(finding: Finding) -> tuple[str, ...]:
    """What the fingerprint of a finding is made of, but for which of several alike it is."""
    location = finding.location
    return (
        finding.rule,
        location.origin.removeprefix("./"),
        _INDEX.sub("[]", location.path),
        finding.subject,
        _SPACE.sub(" ", _text(location)).strip(),
    )


def _text(location: Location) -> str:
    """What is written at the place; nothing where the place is longer than its excerpt."""
    lines = location.excerpt.lines
    if len(lines) != location.end.line - location.start.line + 1:
        return ""
    first, last = location.start.column - 1, location.end.column - 1
    if len(lines) == 1:
        return lines[0][first:last] if last > first else lines[0]
    return "\n".join((lines[0][first:], *lines[1:-1], lines[-1][:last]))
