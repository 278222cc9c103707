"""Questions about the variables of a container: what it is told besides, and by whom it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.pattern import pattern
from imagelint.documents.shared import EnvOrigin, EnvVar, ImageUse
from imagelint.knowledge.serving.variables import obsolete_variables
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.knowledge.serving.variables import ObsoleteVariable

_OF_CONTAINERS = (EnvOrigin.ENV, EnvOrigin.POD, EnvOrigin.COMPOSE)
_ALLOCATOR = ("PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF")
_EXPANDABLE = pattern(r"(?:^|.*,)\s*expandable_segments\s*:\s*True\b.*")
_LIMITED = pattern(r"(?:^|.*,)\s*(max_split_size_mb\s*:\s*\d+).*")


def sets_container(variable: EnvVar) -> bool:
    """Whether what runs in a container sees the variable, and not only a build or a script."""
    return variable.origin in _OF_CONTAINERS


def engines_of(document: Document, variable: EnvVar) -> frozenset[str]:
    """The engines in the images whose containers a variable is set for: as far as they are known.

    For what an image sets, those of all that it is built upon.
    """
    from imagelint.knowledge.recognition import engine_of_image

    images = (use.known for use in _images(document, variable) if use is not None)
    found = (engine_of_image(image) for image in images if image is not None)
    return frozenset(name for name in found if name)


def _images(document: Document, variable: EnvVar) -> Iterator[ImageUse | None]:
    if variable.origin is EnvOrigin.ENV:
        yield from document.nodes_of(ImageUse)
        return
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.kubernetes.objects import Container

    holders: list[Container | ComposeService] = [*document.nodes_of(Container)]
    holders += document.nodes_of(ComposeService)
    for holder in holders:
        if any(one.span == variable.span for one in holder.env):
            yield holder.image


def names_beside(document: Document, variable: EnvVar) -> frozenset[str]:
    """The names that are set for the same container; for images, those of the whole file."""
    return frozenset(
        other.name
        for other in document.nodes_of(EnvVar)
        if other.origin is variable.origin
        and (variable.origin is EnvOrigin.ENV or other.place == variable.place)
    )


def obsolete(document: Document, variable: EnvVar) -> ObsoleteVariable | None:
    """What is known of a variable that is out of use; None where it has, or may have, its use."""
    known = obsolete_variables().get(variable.name) if sets_container(variable) else None
    if known is None or (known.kept_by and _may_want(document, variable, known)):
        return None
    return None if names_beside(document, variable).intersection(known.beside) else known


def _may_want(document: Document, variable: EnvVar, known: ObsoleteVariable) -> bool:
    """Whether who reads the variable may know the older name only; of own images nobody knows."""
    engines = engines_of(document, variable)
    unknown = variable.origin is EnvOrigin.ENV and not engines
    return unknown or not engines.isdisjoint(known.kept_by)


def useless_split_limit(variable: EnvVar) -> str:
    """The limit of PyTorch's allocator that segments which expand make useless; or empty.

    pytorch/pytorch:c10/cuda/CUDACachingAllocator.cpp should_split
    """
    if variable.name not in _ALLOCATOR or not isinstance(variable.value, Known):
        return ""
    value = variable.value.value
    found = _LIMITED.fullmatch(value) if _EXPANDABLE.fullmatch(value) else None
    return found[1] if found else ""


def sleep_conflict(server: ServingCommand) -> EnvVar | None:
    """The variable with which an engine ends that is to sleep: its pool of memory cannot expand."""
    refusing = server.facts.traits.sleep_refuses_expansion if server.facts else ()
    version = server.engine_version
    if not refusing or not isinstance(version, Known):
        return None
    refused, handled = refusing
    if not at_least(version.value, refused) or at_least(version.value, handled):
        return None
    found = [one for one in server.launch.env if one.name == _ALLOCATOR[0]]
    if not found or not server.is_on("enable-sleep-mode"):
        return None
    # It looks for the words as they stand here.
    return found[-1] if "expandable_segments:True" in value_or(found[-1].value, "") else None
