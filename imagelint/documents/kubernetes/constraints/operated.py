"""What operators want of the parts of their objects, besides their fields and types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known, value_or
from imagelint.documents.kubernetes.constraints import kubeai, multinode, unions
from imagelint.documents.kubernetes.constraints.pods import conflict
from imagelint.documents.kubernetes.constraints.scaling import bounds
from imagelint.documents.quantity import COMPOSE_UNITS, parse_duration

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


def _replicas(held: Held) -> Iterator[Complaint]:
    """No more at least than at most, and fewer while nothing happens.

    kedacore/keda@v2.20.1: apis/keda/v1alpha1/scaledobject_types.go,
    CheckReplicaCountBoundsAreValid; of no pod at least one is counted, by default up to 100.
    """
    place = held.place
    least, most = place["minReplicaCount"].integer(), place["maxReplicaCount"].integer()
    idle = place["idleReplicaCount"]
    if least is UNKNOWN or (least is ABSENT and not held.whole):
        return
    floor = max(least.value, 1) if isinstance(least, Known) else 0
    told = f"`minReplicaCount`, which is {floor}"
    if isinstance(least, Known) and isinstance(most, Known) and most.value < floor:
        message = f"`maxReplicaCount` is below {told}"
        yield conflict(place["maxReplicaCount"], message, f"write {floor} or more")
    waiting = idle.integer()
    if isinstance(waiting, Known) and waiting.value >= floor:
        message = f"`idleReplicaCount` is not below {told}"
        yield conflict(idle, message, "write 0 below a `minReplicaCount` of 1 or more")


def _trigger(held: Held) -> Iterator[Complaint]:
    metadata = held.place["metadata"]
    if held.whole and held.place["type"].word() == "prometheus" and unions.is_there(metadata):
        for key in _OF_PROMETHEUS:
            yield from unions.required(metadata, key, "a trigger of Prometheus")


def _endpoint(held: Held) -> Iterator[Complaint]:
    """Nobody waits longer for an answer than until the next question: the monitor is refused.

    prometheus-operator/prometheus-operator@v0.93.0: pkg/prometheus/resource_selector.go,
    validateScrapeIntervalAndTimeout.
    """
    timeout, interval = (held.place[key].word() for key in ("scrapeTimeout", "interval"))
    longest, often = (parse_duration(one, COMPOSE_UNITS) for one in (timeout, interval))
    if longest is not None and often is not None and longest > often:
        message = f"`scrapeTimeout` is longer than `interval`, which is {interval}"
        yield conflict(held.place["scrapeTimeout"], message, f"write `{interval}` or less")


def _predictor(held: Held) -> Iterator[Complaint]:
    """No more at least than at most, where 0 means any number.

    kserve/kserve@aaac4e294: pkg/apis/serving/v1beta1/component.go, validateReplicas.
    """
    if value_or(held.place["maxReplicas"].integer(), 1) != 0:
        yield from bounds(held)


def _worker_group(held: Held) -> Iterator[Complaint]:
    """No more at least than at most, and no more wanted than that: the others never come.

    ray-project/kuberay@feeaf72fa: ray-operator/controllers/ray/utils/validation.go, util.go.
    """
    yield from bounds(held)
    wanted, most = held.place["replicas"].integer(), held.place["maxReplicas"].integer()
    if isinstance(wanted, Known) and isinstance(most, Known) and wanted.value > most.value:
        message = f"`maxReplicas` is below `replicas`, which is {wanted.value}"
        yield conflict(held.place["maxReplicas"], message, f"write {wanted.value} or more")


RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "custom.PodTemplate": _template,
    "custom.ScaledObjectSpec": _replicas,
    "custom.Endpoint": _endpoint,
    "custom.Trigger": _trigger,
    "custom.InferenceService": multinode.service,
    "custom.Predictor": _predictor,
    "custom.WorkerGroup": _worker_group,
    "custom.ModelSpec": kubeai.model,
    "custom.ServingRuntime": multinode.runtime,
}
