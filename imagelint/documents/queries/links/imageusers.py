"""As whom a container runs by what its image says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import names_root
from imagelint.knowledge.base_images import base_image

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Container


class ImageUser(NamedTuple):
    """The user of an image: a name or a number, and whether that is root."""

    name: str
    root: bool


def user_of_image(container: Container) -> ImageUser | None:
    """The user of a container's image: of one that is built in the run, or that is known.

    None where the pod names another one, and where it is not known.
    """
    if container.privileges.user.value is not ABSENT:
        return None
    if container.config is not None:
        user = container.config.user
        name = user.value.partition(":")[0] if isinstance(user, Known) else ""
        return ImageUser(name, names_root(name)) if name else None
    image = container.image.known if container.image is not None else None
    known = base_image(image) if image is not None and image.registry else None
    return ImageUser("root", root=True) if known is not None and known.root else None
