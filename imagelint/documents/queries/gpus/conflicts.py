"""Demands of a pod that no node meets at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.knowledge.accelerators import accelerator
from imagelint.knowledge.gpus import gpu, is_shared, mig_profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.runtime.model import NodeLabel

# Labels whose value names a product, with the vendor whose it is.
_PRODUCTS = {
    "nvidia.com/gpu.product": "nvidia",
    "cloud.google.com/gke-accelerator": "nvidia",
    "karpenter.k8s.aws/instance-gpu-name": "",
    "eks.amazonaws.com/instance-gpu-name": "",
    "cloud.google.com/gke-tpu-accelerator": "google",
    "amd.com/gpu.product-name": "amd",
}
_TERMLESS = -1


class Conflict(NamedTuple):
    """Two demands that exclude each other; `sure` where that follows from what is written alone."""

    place: Node
    message: str
    help: str
    sure: bool = True


def conflicts(pod: Pod) -> Iterator[Conflict]:
    """What a pod demands of its nodes, and of their GPUs, that none can have at once."""
    labels = pod.node_labels
    yield from _same_label(labels, pod.node_alternatives)
    named = [label for label in labels if label.key in _PRODUCTS and len(label.values) == 1]
    named = [label for label in named if label.term == _TERMLESS or pod.node_alternatives == 1]
    yield from _products(named)
    for label in named:
        for container in pod.containers:
            gpus = container.runtime.gpus
            if isinstance(gpus, Known):
                yield from _resource(label, gpus.value.resource, gpus.value.quantity)


def _same_label(labels: tuple[NodeLabel, ...], terms: int) -> Iterator[Conflict]:
    """A label that the node selector demands with a value which no alternative allows."""
    for one in labels:
        if one.term != _TERMLESS or len(one.values) != 1:
            continue
        (value, place), key = one.values[0], one.key
        refusing = {
            other.term
            for other in labels
            if other.key == key
            and other.term != _TERMLESS
            and other.complete
            and all(text != value for text, _ in other.values)
        }
        if terms and len(refusing) == terms:
            message = f"{key}={value} is demanded here, and excluded by the node affinity"
            yield Conflict(place, message, "demand one of the two")


def _products(named: list[NodeLabel]) -> Iterator[Conflict]:
    known = [(label, gpu(label.values[0][0])) for label in named]
    for number, (label, product) in enumerate(known):
        for other, first in known[:number]:
            if product and first and label.key != other.key and _differ(product.name, first.name):
                place = label.values[0][1]
                message = f"{label.key} demands a {product.name}, {other.key} a {first.name}"
                yield Conflict(place, message, "demand one of the two", sure=False)


def _differ(one: str, other: str) -> bool:
    """Whether two products cannot be the same: a name may leave the memory open (`A100`)."""
    return not (one.startswith(other) or other.startswith(one))


def _resource(label: NodeLabel, resource: str, quantity: object) -> Iterator[Conflict]:
    value, place = label.values[0]
    device, vendor = accelerator(resource), _PRODUCTS[label.key]
    if device is not None and vendor and device.vendor not in ("", vendor):
        message = f"nodes with {label.key}={value} have no {resource}"
        yield Conflict(place, message, "ask for the GPUs that these nodes have", sure=False)
        return
    product, profile = gpu(value), mig_profile(resource)
    if product and profile and product.profiles is not None:
        named = f"{profile.slices}g.{profile.memory}gb"
        if named not in product.profiles:
            yield _uncut(place, resource, product.name, product.profiles)
    elif is_shared(value) and isinstance(quantity, Known) and quantity.value > 1:
        message = f"{quantity.value:g} shares ({value}) may be shares of one GPU, or are refused"
        yield Conflict(place, message, "ask for one share, or for whole GPUs", sure=False)


def _uncut(place: Node, resource: str, product: str, profiles: tuple[str, ...]) -> Conflict:
    if profiles:
        message = f"a {product} is not cut into slices of {resource}"
        return Conflict(place, message, f"ask for one of {', '.join(profiles)}")
    message = f"a {product} cannot be cut into MIG slices, as {resource} is one"
    return Conflict(place, message, "ask for `nvidia.com/gpu`")
