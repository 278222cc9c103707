"""What the API server wants of the parts of an object, by their types.

kubernetes/kubernetes@v1.37: pkg/apis/core/validation/validation.go,
pkg/apis/apps/validation/validation.go, pkg/apis/batch/validation/validation.go,
pkg/apis/policy/validation/validation.go. All of it holds in every release since 1.25.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.fact import Known
from imagelint.documents.complaints import ConflictingFields, InvalidQuantity
from imagelint.documents.kubernetes.constraints import names, unions
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.knowledge.kubernetes.fields import ObjectType


class Held(NamedTuple):
    """A place of some type, and whether all of its object is there."""

    place: Cursor
    type: ObjectType
    whole: bool


def constraints(held: Held) -> Iterator[Complaint]:
    """What a part of an object is held to, besides its fields and their types."""
    rule = _RULES.get(held.type.name)
    if rule is not None:
        yield from rule(held)
    from imagelint.documents.kubernetes.constraints.tabled import tabled

    rule = _others(held.type.name.partition(".")[0]).get(held.type.name)
    if rule is not None:
        yield from rule(held)
    yield from tabled(held.place, held.type, whole=held.whole)


@cache
def _others(group: str) -> Mapping[str, Callable[[Held], Iterator[Complaint]]]:
    """The rules of a group, imported when something of it is there."""
    match group:
        case "core" | "meta":
            from imagelint.documents.kubernetes.constraints import around, pods

            return {**pods.RULES, **around.RULES}
        case "apps" | "batch" | "policy":
            from imagelint.documents.kubernetes.constraints import workloads

            return workloads.RULES
        case "networking":
            from imagelint.documents.kubernetes.constraints import routing

            return routing.RULES
        case "autoscaling":
            from imagelint.documents.kubernetes.constraints import scaling

            return scaling.RULES
        case "custom":
            from imagelint.documents.kubernetes.constraints import operated

            return operated.RULES
        case "rbac":
            from imagelint.documents.kubernetes.constraints import access

            return access.RULES
    return {}


def _metadata(held: Held) -> Iterator[Complaint]:
    yield from names.labels(held.place["labels"])
    yield from names.annotation_keys(held.place["annotations"])
    yield from names.label_name(held.place["namespace"], "a namespace")


def _probe(held: Held) -> Iterator[Complaint]:
    place = held.place
    yield from unions.one_of(place, unions.HANDLERS)
    if held.whole:
        example = "httpGet: {path: /health, port: 8000}"
        yield from unions.at_least_one(place, unions.HANDLERS, f"`{place.key}`", example)


def _hook(held: Held) -> Iterator[Complaint]:
    yield from unions.one_of(held.place, unions.HOOK_HANDLERS)
    if held.whole:
        example = 'exec: {command: [sleep, "10"]}'
        what = f"`{held.place.key}`"
        yield from unions.at_least_one(held.place, unions.HOOK_HANDLERS, what, example)


def _asked(held: Held) -> Iterator[Complaint]:
    yield from names.port(held.place["port"], named=True)


def _volume(held: Held) -> Iterator[Complaint]:
    yield from names.label_name(held.place["name"], "a volume")
    kinds = [key for key, _ in held.place.entries() if key != "name" and key in held.type.fields]
    yield from unions.one_of(held.place, kinds)


def _env(held: Held) -> Iterator[Complaint]:
    yield from unions.env_value(held.place)
    source = held.place["valueFrom"]
    yield from unions.one_of(source, unions.ENV_SOURCES)


def _container(held: Held) -> Iterator[Complaint]:
    yield from names.label_name(held.place["name"], "a container")
    if held.whole:
        yield from unions.required(held.place, "name", "a container")


def _container_port(held: Held) -> Iterator[Complaint]:
    yield from names.port(held.place["containerPort"])
    yield from names.port(held.place["hostPort"], least=0)
    yield from names.port_name(held.place["name"])
    if held.whole:
        yield from unions.required(held.place, "containerPort", "a port")


def _mount(held: Held) -> Iterator[Complaint]:
    if held.whole:
        yield from unions.required(held.place, "mountPath", "a mount")
        yield from unions.required(held.place, "name", "a mount")


def _service_port(held: Held) -> Iterator[Complaint]:
    yield from names.port(held.place["port"])
    yield from names.port(held.place["targetPort"], named=True, least=0)  # 0 stands for `port`
    yield from names.port(held.place["nodePort"], least=0)
    if held.whole:
        yield from unions.required(held.place, "port", "a port")


def _selector(held: Held) -> Iterator[Complaint]:
    yield from names.labels(held.place["matchLabels"])


def _service(held: Held) -> Iterator[Complaint]:
    yield from names.labels(held.place["selector"])


def _pod(held: Held) -> Iterator[Complaint]:
    yield from names.labels(held.place["nodeSelector"])


def _strategy(held: Held) -> Iterator[Complaint]:
    kind, rolling = held.place["type"], held.place["rollingUpdate"]
    if kind.word() in ("Recreate", "OnDelete") and unions.is_there(rolling):
        message = f"`rollingUpdate` stands beside `type: {kind.word()}`, which has none"
        help_ = "drop `rollingUpdate`, or write `type: RollingUpdate`"
        yield ConflictingFields(rolling.key_span, rolling.path, message, help_)


def _template(held: Held, *, ends: bool) -> Iterator[Complaint]:
    """Whether the pods of a controller end as it wants them to."""
    place = held.place.at("template", "spec", "restartPolicy")
    word = place.word()
    if ends and held.whole and held.place.at("template", "spec").exists and not place.exists:
        spec = held.place.at("template", "spec")
        help_ = "write `restartPolicy: Never`"
        yield unions.missing(spec, "the pods of a Job have no `restartPolicy`", help_)
    elif word in (("Always",) if ends else ("Never", "OnFailure")):
        whose = "a Job" if ends else f"a {held.type.title.removesuffix('Spec')}"
        right = f"`restartPolicy: {'Never' if ends else 'Always'}`"
        message = f"the pods of {whose} cannot have `restartPolicy: {word}`"
        yield ConflictingFields(place.span, place.path, message, f"write {right}")


def _job(held: Held) -> Iterator[Complaint]:
    yield from _template(held, ends=True)


def _workload(held: Held) -> Iterator[Complaint]:
    yield from _template(held, ends=False)
    labels = held.place.at("template", "metadata", "labels")
    if held.whole and not held.place["selector"].exists and labels.entries():
        what = f"a {held.type.title.removesuffix('Spec')}"
        help_ = "write the labels of its pods: `selector: {matchLabels: …}`"
        yield unions.missing(held.place, f"{what} has no `selector`", help_)


def _budget(held: Held) -> Iterator[Complaint]:
    yield from unions.one_of(held.place, ("minAvailable", "maxUnavailable"))


def quantity(place: Cursor) -> Iterator[Complaint]:
    """Why something is no quantity; what device plug-ins count is the business of a rule."""
    node = place.node
    fact = place.text()
    if not isinstance(node, Scalar) or not isinstance(fact, Known) or "/" in place.key:
        return
    text = fact.value
    number = parse_quantity(text)
    if number is None and text[:1].isdecimal():
        near = next((one for one in _candidates(text) if parse_quantity(one) is not None), "")
        help_ = f"write `{near}`" if near else "write a number with a unit behind it, such as `Gi`"
        message = f"`{text}` is no quantity of Kubernetes"
        yield InvalidQuantity(place.span, place.path, message, help_)
    elif number is not None and number < 0:
        message, help_ = f"`{text}` is less than nothing", "write an amount"
        yield InvalidQuantity(place.span, place.path, message, help_)


def _candidates(text: str) -> Iterator[str]:
    plain = text.replace(" ", "").replace("_", "").replace(",", "")
    number = plain.rstrip("BbIiKkMmGgTtPp")
    unit = plain[len(number) :].rstrip("Bb").capitalize()
    yield plain
    yield number + unit
    yield number + unit[:1] + "i"


_RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "apps.v1.DaemonSetSpec": _workload,
    "apps.v1.DaemonSetUpdateStrategy": _strategy,
    "apps.v1.DeploymentSpec": _workload,
    "apps.v1.DeploymentStrategy": _strategy,
    "apps.v1.ReplicaSetSpec": _workload,
    "apps.v1.StatefulSetSpec": _workload,
    "apps.v1.StatefulSetUpdateStrategy": _strategy,
    "batch.v1.JobSpec": _job,
    "core.v1.Container": _container,
    "core.v1.ContainerPort": _container_port,
    "core.v1.EnvVar": _env,
    "core.v1.EphemeralContainer": _container,
    "core.v1.HTTPGetAction": _asked,
    "core.v1.LifecycleHandler": _hook,
    "core.v1.PodSpec": _pod,
    "core.v1.Probe": _probe,
    "core.v1.ServicePort": _service_port,
    "core.v1.ServiceSpec": _service,
    "core.v1.TCPSocketAction": _asked,
    "core.v1.Volume": _volume,
    "core.v1.VolumeMount": _mount,
    "meta.v1.LabelSelector": _selector,
    "meta.v1.ObjectMeta": _metadata,
    "policy.v1.PodDisruptionBudgetSpec": _budget,
}
