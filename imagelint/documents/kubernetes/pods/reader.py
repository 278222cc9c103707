"""Pods and containers from the places that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import UNKNOWN_PART, parse_reference
from imagelint.documents.kubernetes.labels import labels_of
from imagelint.documents.kubernetes.objects import Container, KubernetesObject, Pod
from imagelint.documents.kubernetes.pods.accelerators import (
    annotated,
    gpu_product,
    quantity,
    requested,
)
from imagelint.documents.kubernetes.pods.details import ContainerDetails, Together, named_at
from imagelint.documents.kubernetes.pods.execution import ContainerPlace
from imagelint.documents.kubernetes.pods.operated import (
    additions,
    nearest,
    told_at,
    workload_of,
)
from imagelint.documents.kubernetes.pods.platform import PodPlatform
from imagelint.documents.kubernetes.pods.privileges import user
from imagelint.documents.kubernetes.pods.shapes import (
    DELIVERING,
    PodPath,
    group_size,
    pod_places,
    replicas,
)
from imagelint.documents.kubernetes.pods.variables import read_env
from imagelint.documents.kubernetes.pods.volumes import (
    named_volumes,
    read_mounts,
    shared_memory,
    told_memory,
)
from imagelint.documents.runtime.model import ContainerPort, GpuRequest, Mount, Runtime
from imagelint.documents.shared import ImageRole, ImageUse, image_use
from imagelint.documents.yaml.nodes import Mapping
from imagelint.knowledge.kubernetes.operators import GPUS, SHARED_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    from imagelint.core.source import Span
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.knowledge.kubernetes.operators import Additions, Workload

    T = TypeVar("T")

# What fills templates in, which `yaml.cursor.is_template` knows by how it begins.
_FILLED = pattern(r"\{\{.*?\}\}|\{%.*?%\}|\$\{[^{}]*\}|<%.*?%>|\$\(\(.*?\)\)|__[A-Z][A-Z0-9_]*__")
_OF_OPENSHIFT = "DeploymentConfig"
_KILLING = frozenset(("liveness", "startup"))
_ENDING = frozenset(("Never", "OnFailure"))
_ENDING_KINDS = frozenset(("JobSet", "Workflow", "CronWorkflow", "TaskRun", "PipelineRun"))


class _PodContext(NamedTuple):
    """What all containers of a pod share."""

    owner: KubernetesObject
    place: PodPath
    labels: tuple[tuple[str, str], ...]
    restarts: bool
    group: Fact[int]
    product: Fact[str]
    volumes: dict[str, Cursor]
    together: Together
    workload: Workload


def read_pods(obj: KubernetesObject) -> tuple[Pod, ...]:
    """The pods that an object holds, in source order."""
    return tuple(read_pod(obj, place) for place in pod_places(obj))


def read_pod(obj: KubernetesObject, place: PodPath) -> Pod:
    """The pod that an object holds at a place."""
    spec = place.spec
    bodies = _bodies(place)
    around = _PodContext(
        owner=obj,
        place=place,
        labels=labels_of(obj, place.template),
        restarts=not _is_job(obj.kind) and spec["restartPolicy"].word() not in _ENDING,
        group=group_size(obj, spec),
        product=gpu_product(spec),
        workload=workload_of(obj),
        volumes=named_volumes(spec, nearest(spec, ("volumeClaimTemplates",))),
        together=Together(tuple(body for body, role in bodies if role in ("container", "sidecar"))),
    )
    return Pod(
        span=spec.key_span,
        owner=obj,
        spec=spec,
        containers=tuple(_container(body, role, around) for body, role in bodies),
        replicas=replicas(obj, spec),
        labels=around.labels,
        restarts=around.restarts,
        path=spec.path,
        template=place.template,
    )


def _is_job(kind: str) -> bool:
    """Whether the pods of a kind run to an end, as those of `RayJob` and `JobSet` do."""
    return kind.endswith("Job") or kind in _ENDING_KINDS


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
    span = named_at(body)
    name = body["name"].word() or _given_name(body, around)
    adds = additions(around.workload.adds, body, name, around.place)
    env, complete = read_env(body)
    where = ContainerPlace(body, around.place.spec, env)
    return Container(
        span=span,
        name=name,
        role=role,
        body=body,
        spec=around.place.spec,
        owner=around.owner,
        image=_image(body, around.owner),
        env=tuple(variable._replace(place=where) for variable in env),
        env_complete=complete and not adds.environment,
        runtime=_runtime(body, around, (name, span), adds),
        place=where,
        path=body.path,
        adds=adds,
    )


def _given_name(body: Cursor, around: _PodContext) -> str:
    """The name that the controller gives to a container which stands by itself."""
    if around.owner.group == "serving.knative.dev":
        return "user-container"
    if around.owner.group == "serving.kserve.io" and body is around.place.single:
        return "kserve-container"
    return around.owner.name if body is around.place.single else ""


def _image(body: Cursor, owner: KubernetesObject) -> ImageUse | None:
    place = body["image"]
    text = place.text()
    if isinstance(text, Known) and not text.value.strip() and not _must_be_named(owner, text.value):
        return None
    # Operators that have a field for the image often have one for its tag beside it.
    elsewhere = any(body[key].exists for key in ("version", "tag", "imageTag"))
    # Of charts it is the version of the application, where no other is given.
    by_chart = owner.group in DELIVERING and isinstance(place.node, Mapping)
    elsewhere = elsewhere or (by_chart and not place["tag"].word())
    return image_at(place, elsewhere=elsewhere)


def image_at(place: Cursor, *, elsewhere: bool = False) -> ImageUse | None:
    """The image that a place names; its tag may stand `elsewhere`."""
    if isinstance(place.node, Mapping):
        found = _image_by_parts(place)
        return found._replace(reference=UNKNOWN) if found and elsewhere else found
    fact = place.text()
    if fact is ABSENT:
        return None
    text = fact.value if isinstance(fact, Known) else getattr(place.node, "text", "")
    read = text if isinstance(fact, Known) else _FILLED.sub(UNKNOWN_PART, text)
    if elsewhere or (not isinstance(fact, Known) and UNKNOWN_PART not in read):
        read = UNKNOWN_PART
    return image_use(place, ImageRole.POD, text, read)


def _must_be_named(owner: KubernetesObject, blank: str) -> bool:
    """Whether nobody names the image where a pod leaves it empty, or has a space for it.

    A trigger does, by an annotation or in a DeploymentConfig: a space keeps tools from leaving the
    key away. https://docs.okd.io/latest/openshift_images/triggering-updates-on-imagestream-changes.html
    """
    if owner.annotation("image.openshift.io/triggers").exists:
        return False
    triggers = owner.body.at("spec", "triggers").items() if owner.kind == _OF_OPENSHIFT else ()
    if any(one["imageChangeParams"].exists for one in triggers):
        return False
    return owner.is_own or bool(blank)


def _image_by_parts(place: Cursor) -> ImageUse | None:
    """`image: {repository: …, tag: …}`, as the NIM operator and others have it.

    In `{registry: …, name: …}` of vLLM's production stack the name holds the tag.
    """
    registry, tag = place["registry"], place["tag"]
    repository = place["name"] if registry.exists else place["repository"]
    repository = place["repository"] if place["repository"].exists else repository
    text = "/".join(filter(None, (registry.word(), repository.word())))
    text += f":{tag.word()}" if tag.word() else ""
    if not repository.exists:
        return None
    known = repository.word() and not (tag.templated or registry.templated)
    reference = parse_reference(text) if known else None
    digest = place["digest"].word()
    if reference is not None and digest.startswith("sha256:"):
        reference, text = reference._replace(digest=digest), f"{text}@{digest}"
    fact = Known(reference, repository.span) if reference else UNKNOWN
    at = tag if tag.word() else repository
    use = ImageUse(at.span, ImageRole.POD, text, fact, path=place.path)
    if known and reference is None:
        return use._replace(span=repository.span, malformed=text)
    return use


def _runtime(
    body: Cursor, around: _PodContext, named: tuple[str, Span], adds: Additions
) -> Runtime:
    place = around.place
    memory = _memory_limit(body, place.spec)
    mounts = read_mounts(body, around.volumes)
    shm, shm_mount = shared_memory(_with_memory(mounts, body, around, adds), memory)
    return Runtime(
        PodPlatform(body),
        around.owner.kind,
        *named,
        gpus=_or_added(_gpus(body, named[0], around), added=adds.resources),
        gpu_product=_or_added(around.product, added=adds.resources),
        other_devices=Known(_has_devices(place.spec)),
        shm=_or_added(shm, added=adds.shared_memory),
        shm_mount=shm_mount,
        memory_limit=_or_added(memory, added=adds.resources),
        mounts=UNKNOWN if adds.volumes else mounts,
        ports=tuple(_ports(body)),
        user=user(body, place.spec, adds.privileges).value,
        restarts=around.restarts,
        group=around.group,
        labels=around.labels,
        namespace=around.owner.namespace,
        managed=not _KILLING.isdisjoint(adds.probes),
        details=ContainerDetails(body, place.spec, around.together, adds),
        path=body.path,
        below=around.owner.below,
    )


def _gpus(body: Cursor, name: str, around: _PodContext) -> Fact[GpuRequest]:
    """The devices that a container asks for, or the part of one that its pod asks for."""
    own, told = requested(body["resources"]), _told_gpus(body, around)
    if isinstance(own, Known) and isinstance(told, Known):
        same = value_or(own.value.quantity, 0) == value_or(told.value.quantity, 0)
        # Which of the two counts is the operator's own affair.
        return own if same else Known(own.value._replace(quantity=UNKNOWN), own.span)
    if own is not ABSENT or told is not ABSENT:
        return told if own is ABSENT else own
    first = bool(around.together.bodies) and around.together.bodies[0] is body
    return annotated(around.place.template.at("metadata", "annotations"), name, first=first)


def _told_gpus(body: Cursor, around: _PodContext) -> Fact[GpuRequest]:
    """How many GPUs the object of an operator gives its container, beside the pod."""
    place = told_at(body, dict(around.workload.tells.options).get(GPUS, ()))
    if place is None:
        return ABSENT
    return Known(GpuRequest(place.span, place.key, quantity(place), place.path), place.span)


def _with_memory(
    mounts: Fact[tuple[Mount, ...]], body: Cursor, around: _PodContext, adds: Additions
) -> Fact[tuple[Mount, ...]]:
    """The mounts behind what an operator mounts at /dev/shm, where its object says how large."""
    places = dict(around.workload.tells.options).get(SHARED_MEMORY, ())
    place = told_at(body, places) if adds.shared_memory else None
    return mounts if place is None else Known((told_memory(place),))


def _has_devices(spec: Cursor) -> bool:
    """Whether devices may come by another way than the resources of a container."""
    return spec["resourceClaims"].exists or "nvidia" in spec["runtimeClassName"].word()


def _memory_limit(body: Cursor, spec: Cursor) -> Fact[float]:
    """The container's limit, else the one of the whole pod."""
    own = quantity(body.at("resources", "limits", "memory"))
    return quantity(spec.at("resources", "limits", "memory")) if own is ABSENT else own


def _ports(body: Cursor) -> Iterator[ContainerPort]:
    for port in body["ports"].items():
        number = port["containerPort"].integer()
        if isinstance(number, Known):
            yield ContainerPort(number.value, port["containerPort"], port["name"].word())


def _or_added(fact: Fact[T], *, added: bool) -> Fact[T]:
    """What is not written is not absent where somebody adds it."""
    return UNKNOWN if fact is ABSENT and added else fact
