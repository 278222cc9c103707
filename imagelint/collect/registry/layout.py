"""Read an image that lies in a folder as an OCI layout.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md. Nothing in it is trusted:
digests name files only if they are well-formed, and what is read must have the digest by which it
was asked for.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from typing import TYPE_CHECKING

from imagelint.collect.findup import judge_in
from imagelint.collect.read import read_bytes
from imagelint.collect.registry.images import images_of
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import LAYOUT_SCHEME, ImageIdentity
from imagelint.documents.image.manifest import (
    INDEX,
    MANIFEST,
    Descriptor,
    descriptors,
    is_digest,
    read_manifest,
    read_strictly,
)

if TYPE_CHECKING:
    from imagelint.documents.image.image import ImageTarget

_DIGEST = pattern(r"(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128})")
_TAG = pattern(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_MOST_CHOICES = 10


class LayoutReference(NamedTuple):
    """`oci:FOLDER[:tag|@digest]` taken apart."""

    folder: str
    tag: str = ""
    digest: str = ""


def is_layout(reference: str) -> bool:
    """Whether a reference names an OCI layout."""
    return reference.startswith(LAYOUT_SCHEME)


def parse_layout_reference(text: str) -> LayoutReference:
    """The parts of `oci:FOLDER[:tag|@digest]`; a folder of that very name wins over a tag.

    Raises:
        UsageError: the digest is not one, or no folder is named.
    """
    rest = text.removeprefix(LAYOUT_SCHEME)
    folder, at, digest = rest.rpartition("@")
    if at and _DIGEST.fullmatch(digest):
        return LayoutReference(folder, digest=digest)
    if not rest:
        raise UsageError(Diagnostic(f"`{text}` names no folder", help="write `oci:FOLDER[:TAG]`"))
    folder, colon, tag = rest.rpartition(":")
    if colon and folder and _TAG.fullmatch(tag) and not os.path.isdir(rest):
        return LayoutReference(folder, tag=tag)
    return LayoutReference(rest)


def resolve_layout(text: str, platform: str = "") -> tuple[ImageTarget, ...] | Problem:
    """The images that a layout reference names, all under one digest.

    Raises:
        UsageError: several images could be meant, or none is.
    """
    reference = parse_layout_reference(text)
    judge_in((reference.folder,))
    entries = read_index(reference.folder, text)
    if isinstance(entries, Problem):
        return entries
    chosen = _choose(text, reference, entries)
    if not is_digest(chosen.digest):
        detail = f"the layout names a blob by `{chosen.digest}`, which is not a digest"
        return Problem(ProblemKind.UNPARSABLE, text, detail)
    identity = ImageIdentity(text, chosen.digest, layout=reference.folder)
    return images_of(FolderBlobs(reference.folder, text), identity, platform)


class FolderBlobs:
    """The blobs of a layout in a folder, which messages call `name`."""

    def __init__(self, folder: str, origin: str, name: str = "") -> None:
        self._folder = folder
        self._origin = origin
        self._name = name

    def manifest(self, digest: str) -> bytes | Problem:
        """The manifest or index of that digest."""
        return self.blob(digest)

    def blob(self, digest: str) -> bytes | Problem:
        """The small blob of that digest."""
        return read_blob(self._folder, digest, self._origin, self._name)

    def configs(self, digest: str) -> tuple[str, ...]:
        """The digests of the configuration of an image, or of all images of an index."""
        data = self.blob(digest)
        view = "" if isinstance(data, Problem) else read_manifest(data)
        if isinstance(view, str):
            return ()
        if not view["manifests"].is_array:
            return (view["config"]["digest"].text,)
        parts = [one for one in descriptors(view) if one.is_image and not one.is_index]
        return tuple(config for part in parts for config in self.configs(part.digest))


def layout_index_of(identity: ImageIdentity) -> str:
    """The digest of an index of the layout that lists an image; empty when none does."""
    entries = read_index(identity.layout, identity.reference)
    for entry in () if isinstance(entries, Problem) else entries:
        data = read_blob(identity.layout, entry.digest, identity.reference)
        view = "" if isinstance(data, Problem) else read_manifest(data)
        listed = () if isinstance(view, str) else descriptors(view)
        if any(one.digest == identity.digest for one in listed):
            return entry.digest
    return ""


def read_index(folder: str, origin: str) -> tuple[Descriptor, ...] | Problem:
    """The entries of `index.json`, or why there are none."""
    if not os.path.isdir(folder):
        detail = f"there is no folder `{folder}`"
        return Problem(ProblemKind.NOT_FOUND, origin, detail, help="write `oci:FOLDER[:TAG]`")
    data = read_bytes(os.path.join(folder, "index.json"), origin)
    if isinstance(data, Problem):
        detail = f"`{folder}` is not an OCI layout: index.json: {data.detail}"
        help_ = "make one with `docker buildx build --output type=oci,tar=false,dest=FOLDER`"
        return data._replace(detail=detail, help=help_)
    return _entries(data, f"index.json of `{folder}`", origin)


def read_blob(folder: str, digest: str, origin: str, name: str = "") -> bytes | Problem:
    """The content that has this digest, or why there is none. For JSON, not for layers.

    Messages call the folder `name`, where it has one.
    """
    parts = _DIGEST.fullmatch(digest)
    name = name or folder
    if parts is None:
        detail = f"the layout `{name}` names a blob by `{digest}`, which is not a digest"
        return Problem(ProblemKind.UNPARSABLE, origin, detail)
    algorithm, encoded = digest.split(":")
    data = read_bytes(os.path.join(folder, "blobs", algorithm, encoded), origin)
    if isinstance(data, Problem):
        return data._replace(detail=f"the blob {digest} of `{name}`: {data.detail}")
    if hashlib.new(algorithm, data).hexdigest() != encoded:
        detail = f"the blob {digest} of `{name}` does not have that digest: it was changed"
        return Problem(ProblemKind.UNPARSABLE, origin, detail, help="fetch the image again")
    return data


def _entries(data: bytes, what: str, origin: str) -> tuple[Descriptor, ...] | Problem:
    view = read_strictly(data.decode("utf-8", "replace"))
    if isinstance(view, str):
        return Problem(ProblemKind.UNPARSABLE, origin, f"{what} {view}")
    if not view["manifests"].is_array:
        return Problem(ProblemKind.UNPARSABLE, origin, f"{what} lists no manifests")
    return descriptors(view)


def _choose(text: str, reference: LayoutReference, entries: tuple[Descriptor, ...]) -> Descriptor:
    images = [entry for entry in entries if not entry.artifact]
    if reference.digest:
        wanted = [entry for entry in images if entry.digest == reference.digest][:1]
    elif reference.tag:
        wanted = [entry for entry in images if _has_tag(entry, reference.tag)]
    else:
        wanted = images = root_entries(reference.folder, images, text)
    if len({entry.digest for entry in wanted}) == 1:
        return wanted[0]
    used = Counter(entry.tag for entry in images)
    alone = (one if used[one.tag] == 1 else one._replace(tag="") for one in images)
    choices = [f"{LAYOUT_SCHEME}{reference.folder}{_suffix(entry)}" for entry in alone]
    listed = ", ".join(choices[:_MOST_CHOICES]) or "it holds no image"
    why = "names several images" if wanted else "names no image of the layout"
    raise UsageError(Diagnostic(f"`{text}` {why}", help=f"choose one: {listed}"))


def root_entries(folder: str, images: list[Descriptor], origin: str) -> list[Descriptor]:
    """The images that are not part of another: some tools list those of an index beside it."""
    parts: set[str] = set()
    for entry in images:
        if entry.is_index and not isinstance(
            blob := read_blob(folder, entry.digest, origin), Problem
        ):
            listed = _entries(blob, entry.digest, origin)
            parts.update(part.digest for part in listed if isinstance(part, Descriptor))
    return [entry for entry in images if entry.digest not in parts]


def _has_tag(entry: Descriptor, tag: str) -> bool:
    """Whether an entry has the tag; some tools write a whole reference instead of a tag."""
    return entry.tag == tag or entry.tag.endswith(f":{tag}")


def _suffix(entry: Descriptor) -> str:
    return f":{entry.tag}" if _TAG.fullmatch(entry.tag) else f"@{entry.digest}"


class StagedLayout(NamedTuple):
    """Files and links that show a tool one image of a layout, under the name `layout`."""

    files: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def layout_view(image: ImageIdentity) -> StagedLayout:
    """A layout whose index names nothing but the manifest of this image; empty for registries.

    Of a layout with several images or platforms, tools take the first without a word.
    """
    if not image.layout:
        return StagedLayout()
    import json

    folder = image.store or image.layout
    path = os.path.join(folder, "blobs", *image.manifest.split(":"))
    entry = {"mediaType": MANIFEST, "digest": image.manifest, "size": os.path.getsize(path)}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}
    return StagedLayout(
        (
            ("layout/oci-layout", '{"imageLayoutVersion":"1.0.0"}'),
            ("layout/index.json", json.dumps(index)),
        ),
        (("layout/blobs", os.path.join(folder, "blobs")),),
    )
