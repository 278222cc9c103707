"""How pods with GPUs share the nodes with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Pod


def gpus_of_pod(pod: Pod) -> int:
    """How many GPUs the containers of a pod certainly ask for."""
    return sum(_counts(pod))


def _counts(pod: Pod) -> Iterator[int]:
    for container in pod.containers:
        request = container.runtime.gpus
        if container.serves and isinstance(request, Known):
            quantity = request.value.quantity
            yield int(quantity.value) if isinstance(quantity, Known) else 0


def fills_node(pod: Pod, per_node: int | None) -> bool:
    """Whether two such pods do not fit on one node of that many GPUs."""
    return per_node is not None and 2 * gpus_of_pod(pod) > per_node
