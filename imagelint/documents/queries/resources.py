"""Questions about the resources that a container asks for: whether there are any of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.knowledge.kubernetes.resources import (
    is_name,
    is_standard,
    meant_accelerator,
    nearest_profile,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.runtime.details import Resource

_LIKE_GPU = ("gpu", "tpu", "npu", "gaudi", "neuron", "mig", "nvidia", "accelerator")


class WrongResource(NamedTuple):
    """A resource that nobody has: why, what to write, and whether the API server refuses it."""

    place: Node
    name: str
    why: str
    help: str
    refused: bool = False


def wrong_resources(container: Container) -> Iterator[WrongResource]:
    """The resources of a container that no node has, each once: the limit, or else the request.

    None where an operator makes the resources of what is written, which may have names of its own.
    """
    if container.alone or container.adds.resources:
        return
    seen: set[str] = set()
    resources = container.runtime.resources
    for listed in (resources.limits, resources.requests):
        for one in listed.value if isinstance(listed, Known) else ():
            if one.name not in seen and is_name(one.name):
                seen.add(one.name)
                yield from _wrong(one)


def _wrong(resource: Resource) -> Iterator[WrongResource]:
    name, place = resource.name, resource.place
    if "/" not in name:
        if not is_standard(name) and not name.isupper():
            help_ = "write it with its domain"
            if any(word in name.lower() for word in _LIKE_GPU):
                help_ += ", such as `nvidia.com/gpu`"
            why = f"`{name}` is no resource of Kubernetes, and has no domain"
            yield WrongResource(place, name, why, help_, refused=True)
        return
    profile = nearest_profile(name)
    if profile is not None:
        help_ = (
            f"write `nvidia.com/mig-{profile}`" if profile else "write a MIG profile that a GPU has"
        )
        yield WrongResource(place, name, f"no GPU has the MIG profile of `{name}`", help_)
    elif meant := meant_accelerator(name):
        why = f"no device plug-in offers `{name}`"
        yield WrongResource(place, name, why, f"write `{meant}`")
