"""What registries take: layers that are larger are refused at the end of their upload."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.knowledge.globs import matches


class LayerLimit(NamedTuple):
    """The most bytes of a layer that a registry takes, by its name."""

    name: str
    size: int


_MEBI, _GIBI = 1 << 20, 1 << 30
_GITHUB = LayerLimit("GitHub's registry", 10 * 1_000_000_000)
# As of 2026-11-26. docs.github.com/packages: working with the container registry;
# docs.aws.amazon.com/AmazonECR: service quotas; learn.microsoft.com/azure/container-registry: SKUs.
_LIMITS = {
    "ghcr.io": _GITHUB,
    "*.dkr.ecr.*.amazonaws.com*": LayerLimit("Amazon's registry", 52_000 * _MEBI),
    "public.ecr.aws": LayerLimit("Amazon's registry", 52_000 * _MEBI),
    "*.azurecr.io": LayerLimit("Azure's registry", 200 * _GIBI),
}


def layer_limit(name: str) -> LayerLimit | None:
    """What the registry of an image takes, by the image's name.

    The lowest that is known where the name is none of a registry: an archive goes somewhere. None
    for registries of which no limit is known.
    """
    reference = None if name.startswith("oci:") else parse_reference(name)
    if reference is None or name.endswith(".tar"):
        return _GITHUB
    return next(
        (limit for glob, limit in _LIMITS.items() if matches(reference.registry, glob)), None
    )
