"""Questions about kustomizations: what they make of the manifests beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.project import beside

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.kustomization import ImageOverride
    from imagelint.documents.project import Project

# https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#kustomization
_FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def replaced_image(origin: str, name: str, project: Project) -> ImageOverride | None:
    """What the kustomization in the folder of `origin` writes for an image, by its bare name."""
    from imagelint.documents.kubernetes.kustomization import image_overrides
    from imagelint.documents.kubernetes.manifest import Manifest

    for file in _FILES:
        found = project.document(beside(origin, file), Manifest)
        if not isinstance(found, Known):
            continue
        manifest: Manifest = found.value
        for obj in manifest.objects:
            for override in image_overrides(obj):
                if override.name == name:
                    return override
    return None


def pins_image(override: ImageOverride, *, by_digest: bool) -> bool:
    """Whether an entry of `images` names a version: a digest, or a tag other than `latest`."""
    if override.digest is not ABSENT:
        return True
    tag = override.tag
    named = tag is not ABSENT and not (isinstance(tag, Known) and tag.value in ("", "latest"))
    return named and not by_digest
