"""Images that objects of operators name outside of the pods that they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.pods.reader import image_at
from imagelint.documents.kubernetes.pods.shapes import DELIVERING
from imagelint.documents.yaml.nodes import Mapping, Scalar
from imagelint.knowledge.kubernetes.operators import image_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.yaml.cursor import Cursor

_OF_ROLES = ("image",)


def operated_images(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[ImageUse]:
    """The images under the keys that its operator has for them, in source order.

    Those of the containers of its pods are theirs.
    """
    keys = image_keys(obj.group) or (_OF_ROLES if any(map(_is_of_roles, pods)) else ())
    if obj.is_own or not (keys or obj.group in DELIVERING):
        return
    read = frozenset(id(one.body.node) for pod in pods for one in pod.containers)
    if obj.group in DELIVERING:
        from imagelint.documents.gitops.valueimages import delivered_images

        yield from delivered_images(obj, read)
        return
    pending = [obj.body["spec"]]
    while pending:
        place = pending.pop()
        if id(place.node) in read:
            continue
        inside: list[Cursor] = [*place.items()]
        for key, value in place.entries():
            if key in keys:
                yield from _named(value)
            else:
                inside.append(value)
        pending += reversed(inside)


def _is_of_roles(pod: Pod) -> bool:
    """Whether a pod is a role of an object that names the image beside it."""
    return any(one.image is None and one.body.node is pod.spec.node for one in pod.containers)


def _named(place: Cursor) -> Iterator[ImageUse]:
    """The image at a place, or those of a mapping that gives each a name."""
    parts = place.node
    several = isinstance(parts, Mapping) and all(isinstance(v, Scalar) for _, v in parts.entries)
    if several and not (place["repository"].exists or place["name"].exists):
        places = [one for _, one in place.entries()]
    else:
        places = [place]
    found = map(image_at, places)
    yield from (image for image in found if image is not None and image.text)
