"""Whether a pod says how it is kept apart from others like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.wiring.selectors import label_selector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.yaml.cursor import Cursor

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def is_spread(pod: Pod) -> bool:
    """Whether some constraint, or some anti-affinity, may be about pods like this one.

    What has no `labelSelector` is about no pod at all.
    https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """
    constraints = pod.spec["topologySpreadConstraints"]
    apart = pod.spec.at("affinity", "podAntiAffinity")
    if not (constraints.exists or apart.exists):
        return False
    selectors = [*_selectors(constraints, apart)]
    if not selectors or not pod.settled:
        return True
    return any(_may_select(place, pod) for place in selectors)


def _selectors(constraints: Cursor, apart: Cursor) -> Iterator[Cursor]:
    yield from (one["labelSelector"] for one in constraints.items())
    yield from (one["labelSelector"] for one in apart[_REQUIRED].items())
    yield from (one.at("podAffinityTerm", "labelSelector") for one in apart[_PREFERRED].items())


def _may_select(place: Cursor, pod: Pod) -> bool:
    if not place.exists or place.null:
        return place.parent is not None and place.parent.templated
    selector = label_selector(place)
    return not selector.known or selector.matches(pod.labels)
