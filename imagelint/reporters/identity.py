"""By what findings are known from run to run, told apart where several are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fingerprint import fingerprints
from imagelint.reporters.order import place_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.core.finding import Finding


def identities(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The fingerprint of each finding; alike ones are counted by place, not in the order given.

    Those that are told together with others count, so that each is known by the same as alone.
    """
    every = (*findings, *(part for finding in findings for part in finding.parts))
    order = sorted(range(len(every)), key=lambda index: place_key(every[index]))
    found = dict(zip(order, fingerprints(every[index] for index in order), strict=True))
    return tuple(found[index] for index in range(len(findings)))
