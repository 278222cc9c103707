"""What a ResourceQuota allows all pods of a namespace together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.wiring.nodes import QuotaLimit
from imagelint.documents.quantity import parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject

# Extended resources are limited by their requests alone:
# https://kubernetes.io/docs/concepts/policy/resource-quotas/
_REQUESTS = "requests."


def quota_limits(obj: KubernetesObject) -> Iterator[QuotaLimit]:
    """How much of each resource may be requested.

    There is nothing where a quota is for some pods only, or where something completes it.
    """
    spec = obj.body["spec"]
    if obj.incomplete or spec["scopes"].exists or spec["scopeSelector"].exists:
        return
    for name, place in spec["hard"].entries():
        told = place.text()
        amount = parse_quantity(told.value) if isinstance(told, Known) else None
        if amount is not None and name.startswith(_REQUESTS):
            resource = name.removeprefix(_REQUESTS)
            yield QuotaLimit(place.span, resource, float(amount), obj.name, place.path)
