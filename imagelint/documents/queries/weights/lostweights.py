"""Whether the weights that a server downloads, or that are downloaded for it, are lost again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.weights.modelcache import (
    downloads_weights,
    is_temporary,
    may_hold_weights,
    volume_at,
    volumes,
    weights_folder,
)
from imagelint.documents.runtime.field import Place

if TYPE_CHECKING:
    from imagelint.documents.base import Document, Node
    from imagelint.documents.runtime.model import Mount
    from imagelint.documents.serving.command import ServingCommand


class LostWeights(NamedTuple):
    """Weights that do not outlive their pod or container.

    `mount` is the volume that ends with the pod, None without one, `folder` where they lie, empty
    where that is not known, `told` what says it. What is said about them is a sentence, with their
    name between `before` and `after`.
    """

    mount: Mount | None
    folder: str
    before: str = ""
    after: str = ""
    told: Node | None = None

    @property
    def places(self) -> tuple[tuple[str, Node], ...]:
        """What says the folder, and the volume that ends with the pod, with words for each."""
        volume = self.mount.volume_place if self.mount is not None else None
        found = (("the folder is said here", self.told), ("the volume is written here", volume))
        return tuple((words, place) for words, place in found if place is not None)


def lost_weights(document: Document, server: ServingCommand) -> LostWeights | None:
    """The weights that are downloaded again at every start; None where they stay, or may stay."""
    mounts = volumes(server)
    if not isinstance(mounts, Known):
        return None
    if not downloads_weights(server):
        return _of_init_container(document, server)
    folder = weights_folder(server)
    if not isinstance(folder, Known):
        return _somewhere(mounts.value)
    mount = volume_at(server, folder.value)
    if mount is not None and not is_temporary(mount):
        return None
    state = "which is not on a volume" if mount is None else "which ends with the pod"
    after = f" are downloaded to {folder.value}, {state}"
    told = Place(folder.span, server.path) if folder.span is not None else None
    return LostWeights(mount, folder.value, after=after, told=told)


def _somewhere(mounts: tuple[Mount, ...]) -> LostWeights | None:
    """The weights in a folder that is not known: one of the volumes may be where that is."""
    holding = [mount for mount in mounts if may_hold_weights(mount)]
    if any(not is_temporary(mount) for mount in holding):
        return None
    if not holding:
        return LostWeights(None, "", "no volume holds ")
    return LostWeights(holding[0], "", "no volume that outlives the pod holds ")


def _of_init_container(document: Document, server: ServingCommand) -> LostWeights | None:
    # Most servers are told a path, and most paths are no temporary volume.
    if not server.is_local_path or not isinstance(server.model, Known):
        return None
    mount = volume_at(server, server.model.value)
    if mount is None or not is_temporary(mount):
        return None
    from imagelint.documents.queries.weights.hubdownloads import filled_volume

    filled = filled_volume(document, server)
    if filled is None or not isinstance(mount.target, Known):
        return None
    target = mount.target.value
    after = f" are downloaded to {target} by `{filled.container.name}`, and end with the pod"
    return LostWeights(mount, target, after=after)
