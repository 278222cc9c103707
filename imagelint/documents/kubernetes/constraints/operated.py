"""What operators want of the parts of their objects, besides their fields and types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.constraints import kubeai, multinode, unions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.constraints.rules import Held

_OF_PROMETHEUS = ("serverAddress", "query", "threshold")
"""Without any of these KEDA builds no scaler: kedacore/keda:pkg/scalers/prometheus_scaler.go."""


def _template(held: Held) -> Iterator[Complaint]:
    """Definitions want containers in the templates of pods, as the API server does."""
    spec = held.place["spec"]
    if held.whole and unions.is_there(spec):
        yield from unions.required(spec, "containers", "a pod")


def _trigger(held: Held) -> Iterator[Complaint]:
    metadata = held.place["metadata"]
    if held.whole and held.place["type"].word() == "prometheus" and unions.is_there(metadata):
        for key in _OF_PROMETHEUS:
            yield from unions.required(metadata, key, "a trigger of Prometheus")


RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "custom.PodTemplate": _template,
    "custom.Trigger": _trigger,
    "custom.InferenceService": multinode.service,
    "custom.ModelSpec": kubeai.model,
    "custom.ServingRuntime": multinode.runtime,
}
