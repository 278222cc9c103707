"""As whom a container runs by what its image says."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import names_root
from imagelint.documents.kubernetes.references import NamedObject, of_openshift
from imagelint.documents.queries.links.scope import Scope
from imagelint.knowledge.base_images import base_image

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.project import Project


class ImageUser(NamedTuple):
    """The user of an image: a name or a number, and whether that is root."""

    name: str
    root: bool


def is_given_user(document: Document, project: Project) -> bool:
    """Whether pods get a user where they run: OpenShift chooses a number for each namespace.

    What only OpenShift knows stands in the same file or folder, or was rendered with it, then.
    https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/authentication_and_authorization/managing-pod-security-policies
    """
    scope = Scope(document, project, None)
    found = scope.nearest(of_openshift(), NamedObject, lambda _: True)
    return any(dirname(origin) == scope.folder for origin, _ in found.nodes)


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
