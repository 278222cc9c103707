"""By what findings are known from run to run, told apart where several are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fingerprint import fingerprints
from imagelint.reporters.order import place_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.core.finding import Finding


def identities(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The fingerprint of each finding; alike ones are counted by place, not in the order given."""
    order = sorted(range(len(findings)), key=lambda index: place_key(findings[index]))
    found = dict(zip(order, fingerprints(findings[index] for index in order), strict=True))
    return tuple(found[index] for index in range(len(findings)))
