"""The accelerators that a container asks for, and the product that its pod demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.runtime.model import GpuRequest
from imagelint.documents.yaml.nodes import Mapping
from imagelint.knowledge.accelerators import MOST_DEVICES

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

_ACCELERATOR = pattern(
    r"nvidia\.com/(?:gpu|gpu\.shared|mig-.+)|amd\.com/gpu|gpu\.intel\.com/(?:i915|xe)"
    r"|habana\.ai/gaudi|google\.com/tpu|aws\.amazon\.com/neuron.*|huawei\.com/Ascend.*"
)
# Labels of GPU feature discovery, GKE, Karpenter and EKS whose value names the product.
_PRODUCT_LABELS = (
    "nvidia.com/gpu.product",
    "cloud.google.com/gke-accelerator",
    "karpenter.k8s.aws/instance-gpu-name",
    "eks.amazonaws.com/instance-gpu-name",
)


def is_accelerator(resource: str) -> bool:
    """Whether a resource name stands for accelerators, whole or shared."""
    return _ACCELERATOR.fullmatch(resource) is not None


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
            return _summed(named)
    claims = resources["claims"]
    if claims.exists and not claims.null:
        return Known(GpuRequest(claims.key_span, "claims", UNKNOWN, claims.path), claims.span)
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
    for label in _PRODUCT_LABELS:
        if selector[label].exists:
            return selector[label].text()
    affinity = spec.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    found: list[Fact[str]] = []
    terms = affinity["nodeSelectorTerms"].items()
    for term in terms:
        found += [_demanded(place) for place in term["matchExpressions"].items() if _names(place)]
    if not found:
        return ABSENT if _readable(spec["affinity"]) else UNKNOWN
    return found[0] if len(found) == len(terms) == 1 else UNKNOWN


def _names(expression: Cursor) -> bool:
    key = expression["key"].text()
    return isinstance(key, Known) and key.value in _PRODUCT_LABELS


def _demanded(expression: Cursor) -> Fact[str]:
    operator = expression["operator"].text()
    values = expression["values"].items()
    if not isinstance(operator, Known) or operator.value != "In" or len(values) != 1:
        return UNKNOWN
    return values[0].text()
