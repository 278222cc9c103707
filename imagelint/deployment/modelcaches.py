"""Caches of models that an operator fills before the servers that read them start.

NVIDIA/k8s-nim-operator@f63f74d: api/apps/v1alpha1/nimcache_types.go, nimservice_types.go;
internal/controller/platform/standalone/nimservice.go
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.deployment.objects import Neighbourhood
from imagelint.deployment.references import stored_once
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.field import Place
from imagelint.knowledge.gpus import gpu

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.project import Project
    from imagelint.documents.yaml.cursor import Cursor

_GROUP, _SERVICE, _CACHE = "apps.nvidia.com", "NIMService", "NIMCache"
_NO = ("", "false")


class ModelCache(NamedTuple):
    """A cache that a server names: `place` is where it does, `origin` the file that has the cache.

    `source` says where its models are from, `storage` where they are kept.
    """

    name: str
    place: Node
    origin: str
    source: Cursor
    storage: Cursor


class Difference(NamedTuple):
    """What a cache holds, at `told`, and what its server has instead, at `place`; in words."""

    place: Node
    has: str
    told: Node
    holds: str


def model_cache(pod: Pod, document: Manifest, project: Project) -> ModelCache | None:
    """The cache from which a server reads its models; None where it names none that is here."""
    owner = pod.owner
    if (owner.group, owner.kind) != (_GROUP, _SERVICE):
        return None
    place = pod.spec.at("storage", "nimCache", "name")
    found = Neighbourhood(document, project).object(_CACHE, place.word(), owner.namespace)
    if found is None or found.object.incomplete:
        return None
    spec = found.object.body["spec"]
    return ModelCache(place.word(), place, found.origin, spec["source"], spec["storage"])


class SharedStorage(NamedTuple):
    """A volume for one node, or pod, and how many replicas mount it.

    `origin` is the file of the cache that has it, empty where the server does, which then makes it.
    """

    place: Node
    mode: str
    told: Node
    name: str
    origin: str
    replicas: int


def shared_storage(pod: Pod, document: Manifest, project: Project) -> SharedStorage | None:
    """The volume that several replicas of a server mount and one node alone can have."""
    owner, spec = pod.owner, pod.spec
    if (owner.group, owner.kind) != (_GROUP, _SERVICE):
        return None
    count = _most_replicas(pod)
    cache = model_cache(pod, document, project)
    own = spec.at("storage", "pvc")
    place: Node = cache.place if cache is not None else own
    made = cache.storage["pvc"] if cache is not None else own
    mode = stored_once(made["volumeAccessMode"].text(), made["storageClass"].word())
    if count < 2 or not mode:  # noqa: PLR2004 - one replica shares with nobody
        return None
    told = made["volumeAccessMode"]
    if cache is not None:
        return SharedStorage(place, mode, told, cache.name, cache.origin, count)
    return SharedStorage(told, mode, told, made["name"].word() or owner.name, "", count)


def _most_replicas(pod: Pod) -> int:
    scale = pod.spec["scale"]
    if scale["enabled"].word() in _NO:
        return value_or(pod.spec["replicas"].integer(), 1)
    return value_or(scale.at("hpa", "maxReplicas").integer(), 1)


def differences(pod: Pod, cache: ModelCache) -> tuple[Difference, ...]:
    """What a cache holds that is not for the server that reads it."""
    from_registry = cache.source["ngc"]
    if not from_registry.exists or from_registry["modelEndpoint"].exists:
        return ()
    model = from_registry["model"]
    found = [_other_image(pod, from_registry["modelPuller"])]
    if not model["profiles"].exists:
        found += [_too_few_gpus(pod, model), _other_gpu(pod, model)]
    return tuple(one for one in found if one is not None)


def _other_image(pod: Pod, puller: Cursor) -> Difference | None:
    """Whichever registry they are from, images of one model have one name."""
    place = pod.spec.at("image", "repository")
    own, other = _name(place.text()), _name(puller.text())
    return Difference(place, own, puller, other) if own and other and own != other else None


def _name(image: Fact[str]) -> str:
    parsed = parse_reference(image.value) if isinstance(image, Known) else None
    return parsed.repository.rpartition("/")[2] if parsed is not None else ""


def _too_few_gpus(pod: Pod, model: Cursor) -> Difference | None:
    place = model["tensorParallelism"]
    needed = parse_count(place.word())
    gpus = next((one.runtime.gpus for one in pod.containers), None)
    if not needed or not isinstance(gpus, Known) or pod.spec["multiNode"].exists:
        return None
    given = gpus.value.quantity
    if not isinstance(given, Known) or gpus.value.shared or given.value >= needed:
        return None
    at = Place(gpus.value.span, gpus.value.path)
    return Difference(at, f"{given.value:g}", place, f"engines for {needed} GPUs")


def _other_gpu(pod: Pod, model: Cursor) -> Difference | None:
    place = model["gpus"]
    named = [one["product"].word() for one in place.items()]
    wanted = {_product(one) for one in named}
    container = next(iter(pod.containers), None)
    product = container.runtime.gpu_product if container is not None else None
    if not isinstance(product, Known) or not wanted or "" in wanted:
        return None
    own = _product(product.value)
    if not own or own in wanted:
        return None
    at = Place(product.span or pod.spec["nodeSelector"].span, pod.spec["nodeSelector"].path)
    return Difference(at, own, place, f"engines for {' and '.join(sorted(wanted))}")


def _product(name: str) -> str:
    """A GPU without the size of its memory, by which nobody tells engines apart; or empty."""
    known = gpu(name)
    return known.name.split()[0] if known is not None else ""
