"""The accelerators that a container asks for, and the product that its pod demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.runtime.model import GpuRequest
from imagelint.documents.yaml.nodes import Mapping
from imagelint.knowledge.accelerators import (
    MOST_DEVICES,
    accelerator,
    annotated_shares,
    shares,
)
from imagelint.knowledge.kubernetes.node_labels import (
    machine_labels,
    product_labels,
    product_of_machine,
)

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

_MEBIBYTE = 2.0**20


def is_accelerator(resource: str) -> bool:
    """Whether a resource name stands for accelerators, whole or shared."""
    return accelerator(resource) is not None


def asks_for_accelerators(workload: Cursor) -> bool:
    """Whether a container of a workload certainly asks for accelerators."""
    containers = workload.at("spec", "template", "spec", "containers")
    return any(isinstance(requested(one["resources"]), Known) for one in containers.items())


def requested(resources: Cursor) -> Fact[GpuRequest]:
    """What `resources` of a container asks for; absent when that is certainly nothing.

    Limits count, requests only where no limit names an accelerator. What a claim of dynamic
    resource allocation comes to is defined elsewhere, so its quantity is unknown.
    """
    if not _readable(resources):
        return UNKNOWN
    for place in (resources["limits"], resources["requests"]):
        if not _readable(place):
            return UNKNOWN
        named = [(name, entry) for name, entry in place.entries() if is_accelerator(name)]
        if named:
            return _as_shared(_summed(_finest(named)), place)
    claims = resources["claims"]
    if claims.exists and not claims.null:
        return Known(GpuRequest(claims.key_span, "claims", UNKNOWN, claims.path), claims.span)
    return ABSENT


def _finest(named: list[tuple[str, Cursor]]) -> list[tuple[str, Cursor]]:
    """Without devices whose processors are named as well: both are of the same devices."""
    kinds = [(accelerator(name), (name, entry)) for name, entry in named]
    single = {kind.vendor for kind, _ in kinds if kind and kind.most == 1}
    return [one for kind, one in kinds if not (kind and kind.most > 1 and kind.vendor in single)]


def _as_shared(fact: Fact[GpuRequest], place: Cursor) -> Fact[GpuRequest]:
    """The request with what is said beside it about the part of each device."""
    if not isinstance(fact, Known):
        return fact
    memory: Fact[float] = ABSENT
    shared = False
    for name, mebibytes in shares().items():
        if not place[name].exists:
            continue
        shared = True
        if mebibytes:
            memory = _bytes(quantity(place[name]), mebibytes)
    return Known(fact.value._replace(shared=shared, memory=memory), fact.span)


def _bytes(fact: Fact[float], mebibytes: int) -> Fact[float]:
    if not isinstance(fact, Known) or fact.value <= 0:
        return UNKNOWN
    return Known(fact.value * mebibytes * _MEBIBYTE, fact.span)


def annotated(annotations: Cursor, name: str, *, first: bool) -> Fact[GpuRequest]:
    """The part of a device that annotations of a pod ask for; `first`: of its first container.

    Absent where they ask for none, or for one of another container.
    """
    known = annotated_shares()
    chosen = annotations[known.container]
    if chosen.word() != name if chosen.exists else not first:
        return ABSENT
    for annotation, mebibytes in known.names.items():
        place = annotations[annotation]
        if not place.exists:
            continue
        count = quantity(annotations[known.number])
        number: Fact[float] = Known(1.0, place.span) if count is ABSENT else count
        memory = _bytes(quantity(place), mebibytes) if mebibytes else ABSENT
        request = GpuRequest(place.span, annotation, number, place.path)
        return Known(request._replace(shared=True, memory=memory), place.span)
    return ABSENT


def _readable(place: Cursor) -> bool:
    return not place.exists or place.null or isinstance(place.node, Mapping)


def _summed(named: list[tuple[str, Cursor]]) -> Fact[GpuRequest]:
    total = 0.0
    resource, place = named[0]
    for _, entry in named:
        fact = quantity(entry)
        if not isinstance(fact, Known):
            return Known(GpuRequest(place.span, resource, UNKNOWN, place.path), place.span)
        total += fact.value
    if not 0 <= total <= MOST_DEVICES:
        return Known(GpuRequest(place.span, resource, UNKNOWN, place.path), place.span)
    if not total:
        return ABSENT
    return Known(GpuRequest(place.span, resource, Known(total), place.path), place.span)


def quantity(place: Cursor) -> Fact[float]:
    """The Kubernetes quantity at a place, unknown where it is not one."""
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    number = parse_quantity(fact.value)
    return UNKNOWN if number is None else Known(number, fact.span)


def gpu_product(spec: Cursor) -> Fact[str]:
    """The product that the nodes must have, from the node selector or a required affinity."""
    selector = spec["nodeSelector"]
    if not _readable(selector):
        return UNKNOWN
    for label in product_labels():
        if selector[label].exists:
            return selector[label].text()
    for label in machine_labels():
        found = _of_machine(selector[label].text())
        if found is not ABSENT:
            return found
    affinity = spec.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    named: list[Fact[str]] = []
    terms = affinity["nodeSelectorTerms"].items()
    for term in terms:
        named += [_named(place) for place in term["matchExpressions"].items()]
    named = [one for one in named if one is not ABSENT]
    if not named:
        return ABSENT if _readable(spec["affinity"]) else UNKNOWN
    return named[0] if len(named) == len(terms) == 1 else UNKNOWN


def _named(expression: Cursor) -> Fact[str]:
    """The product that an expression demands; absent where it is about something else."""
    key = expression["key"].text()
    if not isinstance(key, Known):
        return ABSENT
    if key.value in product_labels():
        return _demanded(expression)
    return _of_machine(_demanded(expression)) if key.value in machine_labels() else ABSENT


def _of_machine(name: Fact[str]) -> Fact[str]:
    """The product of a type of machine; absent where nobody knows it, as if nothing were said."""
    product = product_of_machine(name.value) if isinstance(name, Known) else ""
    return Known(product, name.span) if isinstance(name, Known) and product else ABSENT


def _demanded(expression: Cursor) -> Fact[str]:
    operator = expression["operator"].text()
    values = expression["values"].items()
    if not isinstance(operator, Known) or operator.value != "In" or len(values) != 1:
        return UNKNOWN
    return values[0].text()
