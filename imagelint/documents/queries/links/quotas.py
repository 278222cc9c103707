"""How much of a resource a namespace may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import quotas
from imagelint.documents.kubernetes.wiring.nodes import QuotaLimit

if TYPE_CHECKING:
    from imagelint.documents.queries.links.scope import Scope


class Quota(NamedTuple):
    """The least that the quotas of a namespace allow of a resource.

    `here` tells that it stands in the same file as what asks for the resource.
    """

    limit: QuotaLimit
    here: bool


def quota_of(resource: str, namespace: str, scope: Scope) -> Quota | None:
    """The tightest quota of a resource in a namespace; None where none is in sight."""
    key = quotas(resource, namespace)

    def find() -> Quota | None:
        found = scope.nearest(key, QuotaLimit, lambda _one: True)
        limits = (one for _, one in found.nodes)
        least = min(limits, key=lambda one: one.amount, default=None)
        return None if least is None else Quota(least, found.here)

    return scope.once(key, find)
