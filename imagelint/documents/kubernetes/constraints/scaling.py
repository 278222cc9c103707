"""What the API server holds a HorizontalPodAutoscaler to.

kubernetes/kubernetes@v1.37: pkg/apis/autoscaling/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.complaints import InvalidQuantity
from imagelint.documents.kubernetes.constraints import unions
from imagelint.documents.kubernetes.constraints.pods import conflict
from imagelint.documents.quantity import parse_quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.constraints.rules import Held
    from imagelint.documents.yaml.cursor import Cursor

_SOURCES = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
_AMOUNTS = ("value", "averageValue")


def bounds(held: Held) -> Iterator[Complaint]:
    """No more at least than at most."""
    least, most = held.place["minReplicas"].integer(), held.place["maxReplicas"].integer()
    if isinstance(least, Known) and isinstance(most, Known) and most.value < least.value:
        message = f"`maxReplicas` is below `minReplicas`, which is {least.value}"
        yield conflict(held.place["maxReplicas"], message, f"write {least.value} or more")


def metric(held: Held) -> Iterator[Complaint]:
    """A metric of a type stands below the key of that type, and below no other one."""
    place = held.place
    kind = place["type"].word()
    wanted = _SOURCES.get(kind)
    if wanted is None:
        return
    for key in _SOURCES.values():
        if key != wanted and unions.is_there(place[key]):
            message = f"`{key}` stands beside `type: {kind}`"
            yield conflict(place[key], message, f"write `{wanted}`, or another `type`")
            return
    if held.whole and not unions.is_there(place[wanted]):
        message = f"a metric of type `{kind}` has no `{wanted}`"
        yield unions.missing(place, message, f"write `{wanted}`")


def of_resource(held: Held) -> Iterator[Complaint]:
    """A part of what is requested, or an amount."""
    target = held.place["target"]
    yield from _one_target(held, target, ("averageUtilization", "averageValue"))


def of_pods(held: Held) -> Iterator[Complaint]:
    """An amount for each pod."""
    target = held.place["target"]
    if held.whole and target.entries() and not unions.is_there(target["averageValue"]):
        message = "the `target` of a metric of pods has no `averageValue`"
        yield unions.missing(target, message, "write the `averageValue`")


def of_others(held: Held) -> Iterator[Complaint]:
    """An amount, for each pod or for all."""
    target = held.place["target"]
    if held.type.title == "ExternalMetricSource":
        yield from _one_target(held, target, _AMOUNTS)
    elif held.whole and target.entries():
        yield from unions.at_least_one(target, _AMOUNTS, "the `target`", 'value: "10"')


def _one_target(held: Held, target: Cursor, keys: tuple[str, str]) -> Iterator[Complaint]:
    yield from unions.one_of(target, keys)
    if held.whole and target.entries():
        example = f"{keys[0]}: {'80' if keys[0] == 'averageUtilization' else '10'}"
        yield from unions.at_least_one(target, keys, "the `target`", example)


def target(held: Held) -> Iterator[Complaint]:
    """More than nothing."""
    for key in _AMOUNTS:
        place = held.place[key]
        fact = place.text()
        if isinstance(fact, Known) and parse_quantity(fact.value) == 0:
            message = f"`{key}` has to be more than 0"
            yield InvalidQuantity(place.span, place.path, message, "write an amount")


RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "autoscaling.v1.HorizontalPodAutoscalerSpec": bounds,
    "autoscaling.v2.ContainerResourceMetricSource": of_resource,
    "autoscaling.v2.ExternalMetricSource": of_others,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": bounds,
    "autoscaling.v2.MetricSpec": metric,
    "autoscaling.v2.MetricTarget": target,
    "autoscaling.v2.ObjectMetricSource": of_others,
    "autoscaling.v2.PodsMetricSource": of_pods,
    "autoscaling.v2.ResourceMetricSource": of_resource,
}
