"""Images that objects of operators name outside of the pods that they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.kubernetes.pods.reader import image_at
from imagelint.documents.kubernetes.pods.shapes import DELIVERING
from imagelint.documents.runtime.field import Place
from imagelint.documents.shared import ImageRole, image_use
from imagelint.documents.yaml.nodes import Mapping, Scalar
from imagelint.documents.yaml.text import contiguous
from imagelint.knowledge.kubernetes.operators import image_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.yaml.cursor import Cursor

_OF_ROLES = ("image",)
_ADDRESS = "oci://"


def operated_images(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[ImageUse]:
    """The images under the keys that its operator has for them, in source order.

    Those of the containers of its pods are theirs. A model at `oci://` is an image like any other.
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
            for _, value in place.entries():
                yield from _model(value)
            continue
        inside: list[Cursor] = [*place.items()]
        for key, value in place.entries():
            yield from _model(value)
            if key in keys:
                yield from _named(value)
            else:
                inside.append(value)
        pending += reversed(inside)


def _model(place: Cursor) -> Iterator[ImageUse]:
    """The image that an address of a model names.

    https://kserve.github.io/website/docs/model-serving/storage/providers/oci
    """
    address = place.word()
    span = contiguous(place.node) if isinstance(place.node, Scalar) else None
    if address.startswith(_ADDRESS) and span is not None:
        name = address.removeprefix(_ADDRESS)
        at = Place(Span(span.start + len(_ADDRESS), span.end), place.path)
        yield image_use(at, ImageRole.POD, name, name)


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
