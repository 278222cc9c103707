"""From the digest that somebody named to the images behind it: one for each platform.

The digest of an index stands for all its images: it is what is signed, pushed and pulled. So all of
them are looked at unless one platform is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity, ImageTarget, image_config
from imagelint.documents.image.layers.history import history_of
from imagelint.documents.image.layers.nodes import HistoryGap, HistoryStep
from imagelint.documents.image.manifest import (
    Descriptor,
    descriptors,
    image_layers,
    is_digest,
    is_image,
    platform_name,
    platform_of,
    read_manifest,
    read_strictly,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.image.jsonview import JsonView

_DEEPEST_INDEX = 4
_MOST_IMAGES = 64
_MOST_MANIFESTS = 256
_MOST_BYTES = 64 * 1024 * 1024
"""What is read of the manifests and indexes of one image, those that lead to nothing included."""


class Blobs(Protocol):
    """Where manifests and configurations come from, each checked against its digest."""

    def manifest(self, digest: str) -> bytes | Problem:
        """The manifest or index of that digest."""
        ...

    def blob(self, digest: str) -> bytes | Problem:
        """The small blob of that digest."""
        ...


class FoundImage(NamedTuple):
    """An image, with its manifest, its configuration and all that tells as they were read."""

    target: ImageTarget
    manifest: JsonView
    config: JsonView
    told: tuple[HistoryStep | HistoryGap, ...] = ()


class _Manifest(NamedTuple):
    """One manifest of an image, and the platform for which an index lists it."""

    digest: str
    view: JsonView
    platform: str


def images_of(
    blobs: Blobs, identity: ImageIdentity, platform: str = ""
) -> tuple[ImageTarget, ...] | Problem:
    """The images behind the digest of an identity, or those of them for one platform.

    Each target has its manifest, configuration, layers and platform. A problem when one of them
    cannot be read, contradicts itself, or when there is none.
    """
    found = find_images(blobs, identity, platform)
    return found if isinstance(found, Problem) else tuple(one.target for one in found)


def find_images(
    blobs: Blobs, identity: ImageIdentity, platform: str = "", top: JsonView | None = None
) -> tuple[FoundImage, ...] | Problem:
    """As `images_of`, with what was read of each; `top`: what is under the digest, if read."""
    origin = identity.reference
    platform = _named(platform)
    found: dict[str, FoundImage] = {}
    there: list[str] = []
    walk = _Walk(blobs, origin, {} if top is None else {identity.digest: top})
    for image in _each(blobs, identity, platform, walk):
        if isinstance(image, Problem):
            return image
        if isinstance(image, str):
            there.append(image)
        else:
            found.setdefault(image.target.identity.manifest, image)
        if len(found) > _MOST_IMAGES:
            detail = f"is an index of more than {_MOST_IMAGES} images"
            return Problem(ProblemKind.TOO_LARGE, origin, detail, "choose one with `--platform`")
    if not found:
        return _none(origin, platform, there)
    return tuple(found.values()) if len(found) == 1 else tuple(map(_marked, found.values()))


def _each(
    blobs: Blobs, identity: ImageIdentity, platform: str, walk: _Walk
) -> Iterator[FoundImage | str | Problem]:
    """The images for a platform; of others the platforms that they are for."""
    for manifest in walk.manifests(Descriptor(identity.digest, 0, "", "", "")):
        if isinstance(manifest, Problem):
            yield manifest
        elif manifest.platform and not _is_for(manifest.platform, platform):
            yield manifest.platform
        else:
            image = _found(blobs, identity, manifest)
            named = "" if isinstance(image, Problem) else image.target.identity.platform
            yield image if isinstance(image, Problem) or _is_for(named, platform) else named


def _none(origin: str, platform: str, there: list[str]) -> Problem:
    listed = ", ".join(one for one in dict.fromkeys(there) if one) or "no image at all"
    detail = f"has no image for {platform or 'any platform'}; there is: {listed}"
    return Problem(ProblemKind.NOT_FOUND, origin, detail, help="name it: `--platform`")


def _marked(found: FoundImage) -> FoundImage:
    """An image as one of several."""
    target = found.target
    return found._replace(target=target.replaced(target.identity._replace(several=True)))


def _named(platform: str) -> str:
    """A platform by its usual name; without a variant it stands for all of them."""
    parts = platform.split("/")[:3]
    name = platform_name(*parts) or platform
    return name.removesuffix("/v7") if parts[1:] == ["arm"] else name


def _is_for(platform: str, wanted: str) -> bool:
    """Whether an image of a platform is wanted: `linux/amd64` means `linux/amd64/v3` as well."""
    return not wanted or platform == wanted or platform.startswith(f"{wanted}/")


class _Walk:
    """From a digest to all manifests below it; what leads on and on is a problem."""

    def __init__(self, blobs: Blobs, origin: str, views: dict[str, JsonView]) -> None:
        self._blobs = blobs
        self._origin = origin
        self._views = views
        self._read = 0
        self._bytes = 0

    def manifests(self, entry: Descriptor, depth: int = 0) -> Iterator[_Manifest | Problem]:
        """All manifests of images below an entry, the entry itself among them."""
        if not is_digest(entry.digest):
            yield self._wrong(f"an index names `{entry.digest}`, which is not a digest")
            return
        data = self._manifest(entry.digest)
        if isinstance(data, Problem):
            yield data
            return
        view = self._views.get(entry.digest) or read_manifest(data)
        if isinstance(view, str):
            yield self._wrong(f"the manifest {entry.digest} {view}")
        elif not view["manifests"].is_array:
            yield _Manifest(entry.digest, view, entry.platform)
        elif depth >= _DEEPEST_INDEX:
            yield self._wrong("has indexes within indexes, deeper than any image needs")
        else:
            for part in descriptors(view):
                if part.is_image:
                    yield from _images(self.manifests(part, depth + 1), part)

    def _manifest(self, digest: str) -> bytes | Problem:
        data = self._blobs.manifest(digest)
        if isinstance(data, Problem):
            return data
        self._read += 1
        self._bytes += len(data)
        if self._read > _MOST_MANIFESTS or self._bytes > _MOST_BYTES:
            detail = f"leads to more than {_MOST_MANIFESTS} manifests, or to very large ones"
            return Problem(ProblemKind.TOO_LARGE, self._origin, detail)
        return data

    def _wrong(self, detail: str) -> Problem:
        return Problem(ProblemKind.UNPARSABLE, self._origin, detail)


def _images(
    found: Iterator[_Manifest | Problem], entry: Descriptor
) -> Iterator[_Manifest | Problem]:
    """What an index lists, without what is no image and says no platform."""
    for one in found:
        if isinstance(one, Problem) or entry.platform or is_image(one.view):
            yield one


def _found(blobs: Blobs, identity: ImageIdentity, manifest: _Manifest) -> FoundImage | Problem:
    origin = identity.reference
    digest = manifest.view["config"]["digest"].text
    if not is_digest(digest):
        detail = f"the manifest {manifest.digest} names no configuration by its digest"
        return Problem(ProblemKind.UNPARSABLE, origin, detail)
    data = blobs.blob(digest)
    if isinstance(data, Problem):
        return data
    config = read_strictly(data.decode("utf-8", "replace"))
    if isinstance(config, str) or not config.is_object:
        why = config if isinstance(config, str) else "is not a JSON object"
        return Problem(ProblemKind.UNPARSABLE, origin, f"the configuration of the image {why}")
    layers = image_layers(manifest.view, config)
    if isinstance(layers, str):
        return Problem(ProblemKind.UNPARSABLE, origin, f"the image {layers}")
    whole = identity._replace(
        platform=manifest.platform or platform_of(config),
        manifest=manifest.digest,
        config=digest,
        layers=layers,
    )
    told = history_of(config, len(layers))
    steps = tuple(step for step in told if isinstance(step, HistoryStep))
    target = ImageTarget(whole, image_config(config), history=steps)
    return FoundImage(target, manifest.view, config, told)
