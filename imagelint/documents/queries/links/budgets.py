"""Whether a budget lets any pod go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import scalers_of
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.links.scalers import scalers_of_pod
from imagelint.documents.queries.links.scope import below, same
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.scaling import Autoscaler

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import DisruptionBudget, Selector
    from imagelint.documents.queries.links.scope import Scope

_OF_KSERVE = "serving.kserve.io/inferenceservice"
_WHOLE = 100


class Blocked(NamedTuple):
    """Why no pod may go: where that is written, and of how many pods, if that decides."""

    place: Place
    said: str
    pods: int | None
    certain: bool


class _Fewest(NamedTuple):
    """How many pods a budget protects at the least."""

    pods: int
    certain: bool


def blocks_drains(budget: DisruptionBudget, scope: Scope) -> Blocked | None:
    """Why a budget lets no pod go; None where it does, or where that is not known.

    kubernetes/kubernetes:pkg/controller/disruption/disruption.go (percents are rounded up)
    """
    for fact, field, none in (
        (budget.max_unavailable, "maxUnavailable", ("0", "0%")),
        (budget.min_available, "minAvailable", ("100%",)),
    ):
        if isinstance(fact, Known) and fact.value in none:
            return _blocked(budget, field, fact, None)
    stay = budget.min_available
    fewest = _fewest(budget, scope) if isinstance(stay, Known) else None
    if not isinstance(stay, Known) or fewest is None or not fewest.pods:
        return None
    count = _count(stay.value, fewest.pods)
    return _blocked(budget, "minAvailable", stay, fewest) if count >= fewest.pods else None


def _blocked(
    budget: DisruptionBudget, field: str, fact: Known[str], fewest: _Fewest | None
) -> Blocked:
    path = below(budget.path, "spec", field)
    place = Place(fact.span or budget.span, path)
    said = f"{field}: {fact.value}"
    return Blocked(place, said, fewest and fewest.pods, fewest is None or fewest.certain)


def _count(said: str, pods: int) -> int:
    """How many pods must stay of some: percents are rounded up."""
    number = parse_count(said.removesuffix("%")) or 0
    return -(-number * pods // _WHOLE) if said.endswith("%") else number


def _fewest(budget: DisruptionBudget, scope: Scope) -> _Fewest | None:
    selector, namespace = budget.selector, budget.object.namespace
    service = dict(selector.labels).get(_OF_KSERVE)
    if service is not None:
        return _of_scalers("InferenceService", service, namespace, scope)
    if not selector.known:
        return None
    found = scope.pods(selector, namespace)
    pods = [scope.pod(at, place) for at, place in found.nodes]
    if not pods or None in pods:
        return None
    # Of a group, leader and workers have templates of their own, and are selected alone or not.
    kinds = {
        (pod.owner.span, "" if pod.group is None else pod.path): pod
        for pod in pods
        if pod is not None
    }
    each = [_fewest_of(pod, selector, scope) for pod in kinds.values()]
    known = [one for one in each if one is not None]
    if len(known) < len(each):
        return None
    certain = found.here and all(one.certain for one in known)
    return _Fewest(sum(one.pods for one in known), certain)


def _of_scalers(kind: str, name: str, namespace: str, scope: Scope) -> _Fewest | None:
    found = scope.nearest(
        scalers_of(kind, name), Autoscaler, lambda one: same(one.namespace, namespace)
    )
    floors = {one.minimum for _, one in found.nodes}
    return _floor(floors, certain=found.here)


def _fewest_of(pod: Pod, selector: Selector, scope: Scope) -> _Fewest | None:
    """How many pods like one that are selected a workload has at the least."""
    if not pod.restarts or pod.owner.incomplete:
        return None
    scaled = scalers_of_pod(pod, scope)
    if scaled.nodes:
        one = _floor({scaler.minimum for _, scaler in scaled.nodes}, certain=scaled.here)
    else:
        makes = pod.selector is not None or pod.group is not None
        count = Known(1) if pod.replicas is ABSENT and makes else pod.replicas
        one = _floor({count}, certain=True)
    each = _of_each(pod, selector, scaled=bool(scaled.nodes))
    if one is None or not isinstance(each, Known):
        return None
    return one._replace(pods=one.pods * each.value)


def _of_each(pod: Pod, selector: Selector, *, scaled: bool) -> Fact[int]:
    """How many pods that are like one and selected are of each replica."""
    if pod.group is not None:
        return Known(1) if selector.selects_leaders else pod.group.members
    if scaled:
        return Known(1)
    return pod.containers[0].runtime.group if pod.containers else UNKNOWN


def _floor(facts: set[Fact[int]], *, certain: bool) -> _Fewest | None:
    values = [fact.value for fact in facts if isinstance(fact, Known)]
    return _Fewest(min(values), certain) if len(values) == len(facts) > 0 else None
