"""What a kustomization makes of the images of the manifests beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.objects import KubernetesObject


class ImageOverride(NamedTuple):
    """An entry of `images`: `name` is the image that it replaces, without tag and digest.

    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
    """

    span: Span
    name: str
    tag: Fact[str]
    digest: Fact[str]
    path: str


def image_overrides(obj: KubernetesObject) -> tuple[ImageOverride, ...]:
    """What a kustomization writes for images; nothing for every other object."""
    if obj.kind != "Kustomization":
        return ()
    return tuple(
        ImageOverride(
            entry.span,
            entry["name"].word(),
            entry["newTag"].text(),
            entry["digest"].text(),
            entry.path,
        )
        for entry in obj.body["images"].items()
    )
