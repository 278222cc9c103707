"""Pods and containers from the places that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.reference import parse_reference
from imagelint.documents.kubernetes.accelerators import gpu_product, quantity, requested
from imagelint.documents.kubernetes.objects import Container, KubernetesObject, Pod
from imagelint.documents.kubernetes.podshapes import PodPath, group_size, pod_places, replicas
from imagelint.documents.kubernetes.variables import read_env
from imagelint.documents.kubernetes.volumes import named_volumes, read_mounts, shared_memory
from imagelint.documents.shared import ImageRole, ImageUse, Runtime
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    from imagelint.documents.yaml.cursor import Cursor

    T = TypeVar("T")

_ENDING = frozenset(("Never", "OnFailure"))


class _PodContext(NamedTuple):
    """What all containers of a pod share."""

    owner: KubernetesObject
    place: PodPath
    labels: tuple[tuple[str, str], ...]
    restarts: bool
    group: Fact[int]
    product: Fact[str]
    volumes: dict[str, Cursor]


def read_pods(obj: KubernetesObject) -> tuple[Pod, ...]:
    """The pods that an object holds, in source order."""
    return tuple(_pod(obj, place) for place in pod_places(obj))


def _pod(obj: KubernetesObject, place: PodPath) -> Pod:
    spec = place.spec
    around = _PodContext(
        obj,
        place,
        place.template.at("metadata", "labels").pairs(),
        obj.kind not in ("Job", "CronJob") and spec["restartPolicy"].word() not in _ENDING,
        group_size(obj, spec),
        _unless_managed(gpu_product(spec), place),
        named_volumes(spec, obj.body.at("spec", "volumeClaimTemplates")),
    )
    return Pod(
        spec.key_span,
        obj,
        spec,
        tuple(_container(body, role, around) for body, role in _bodies(place)),
        replicas(obj, spec),
        around.labels,
        around.restarts,
        spec.path,
        place.template,
        place.managed,
    )


def _bodies(place: PodPath) -> list[tuple[Cursor, str]]:
    """The containers with their roles, as they stand in the text."""
    spec = place.spec
    found = [(body, _init_role(body)) for body in spec["initContainers"].items()]
    found += [(body, "container") for body in spec["containers"].items()]
    found += [(body, "ephemeral") for body in spec["ephemeralContainers"].items()]
    if place.single is not None:
        found.append((place.single, "container"))
    found = [(body, role) for body, role in found if isinstance(body.node, Mapping)]
    return sorted(found, key=lambda pair: pair[0].span.start)


def _init_role(body: Cursor) -> str:
    return "sidecar" if body["restartPolicy"].word() == "Always" else "init"


def _container(body: Cursor, role: str, around: _PodContext) -> Container:
    name = body["name"]
    span = name.span if name.exists else body.key_span
    env, complete = read_env(body)
    container = Container(
        span,
        name.word() or _given_name(body, around),
        role,
        body,
        around.place.spec,
        around.owner,
        _image(body),
        env,
        complete,
        Runtime("pod", around.owner.kind, "", span),
        body.path,
    )
    return container._replace(runtime=_runtime(container, around))


def _given_name(body: Cursor, around: _PodContext) -> str:
    """The name that the controller gives to a container which stands by itself."""
    if around.owner.group == "serving.kserve.io" and body is around.place.single:
        return "kserve-container"
    return around.owner.name if body is around.place.single else ""


def _image(body: Cursor) -> ImageUse | None:
    place = body["image"]
    if isinstance(place.node, Mapping):
        return _image_by_parts(place)
    fact = place.text()
    if fact is ABSENT or fact == Known("", place.span):
        return None
    reference = parse_reference(fact.value) if isinstance(fact, Known) else None
    text = fact.value if isinstance(fact, Known) else getattr(place.node, "text", "")
    known = Known(reference, place.span) if reference else UNKNOWN
    return ImageUse(place.span, ImageRole.POD, text, known, path=place.path)


def _image_by_parts(place: Cursor) -> ImageUse | None:
    """`image: {repository: …, tag: …}`, as the NIM operator and others have it."""
    repository, tag = place["repository"], place["tag"]
    text = repository.word() + (f":{tag.word()}" if tag.word() else "")
    if not repository.exists:
        return None
    known = repository.word() and not tag.templated
    reference = parse_reference(text) if known else None
    fact = Known(reference, repository.span) if reference else UNKNOWN
    at = tag if tag.word() else repository
    return ImageUse(at.span, ImageRole.POD, text, fact, path=place.path)


def _runtime(container: Container, around: _PodContext) -> Runtime:
    body, place = container.body, around.place
    resources = body["resources"]
    memory = _memory_limit(container)
    mounts = read_mounts(body, around.volumes)
    shm, shm_mount = shared_memory(mounts, memory)
    return Runtime(
        "pod",
        around.owner.kind,
        container.name,
        container.span,
        _unless_managed(requested(resources), place),
        around.product,
        _unless_managed(shm, place),
        shm_mount,
        place.spec["hostIPC"].boolean(),
        _unless_managed(memory, place),
        mounts,
        tuple(_ports(body)),
        container.security("runAsUser").text(),
        around.restarts,
        around.group,
        around.labels,
        around.owner.namespace,
        place.managed,
        body,
        place.spec,
        body.path,
    )


def _memory_limit(container: Container) -> Fact[float]:
    """The container's limit, else the one of the whole pod."""
    own = quantity(container.body.at("resources", "limits", "memory"))
    return quantity(container.spec.at("resources", "limits", "memory")) if own is ABSENT else own


def _ports(body: Cursor) -> Iterator[int]:
    for port in body["ports"].items():
        number = port["containerPort"].integer()
        if isinstance(number, Known):
            yield number.value


def _unless_managed(fact: Fact[T], place: PodPath) -> Fact[T]:
    """What is not written may be added by whoever manages the pod."""
    return UNKNOWN if fact is ABSENT and place.managed else fact
