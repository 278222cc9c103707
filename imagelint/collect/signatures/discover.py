"""Find all that is attached to an image, in a registry or in a layout.

A list of referrers is no answer yet: what it says about the types of its entries is often wrong, so
every manifest is opened, and counts only if it names the image itself as its subject. Whatever
cannot be had is a problem: "there is nothing" is said only where everything was looked at.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from imagelint.collect.registry.client import Client, Stored
from imagelint.collect.registry.layout import read_blob, read_index
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.claims import (
    BUNDLE,
    ENVELOPE,
    NOTATION,
    SIMPLE_SIGNING,
    AttachedBlob,
    Claim,
    ClaimForm,
    claim_of,
)
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.manifest import is_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.client import Clients
    from imagelint.documents.image.image import ImageIdentity

MOST_REFERRERS = 500
_MOST_LAYERS = 100
_MOST_BLOBS = 100_000
_LARGEST_MANIFEST = 256 * 1024  # bytes: one of a signature has a few thousand
_KIND = "dev.cosignproject.cosign"
_TAGS = {"sig": "sigs", "att": "atts"}  # the end of a tag, and of the mark in a saved layout


class Shelf(Protocol):
    """Where an image lies with what is attached to it."""

    def manifest(self, name: str) -> Stored | Problem:
        """The manifest under a digest."""
        ...

    def blob(self, digest: str) -> Stored | Problem:
        """A small blob."""
        ...

    def attached(self, digest: str) -> tuple[str, ...] | Problem:
        """The digests of what may refer to an image."""
        ...

    def tagged(self, digest: str, end: str) -> Stored | Problem | None:
        """What lies under the tag `sha256-….end`; None where there is no such tag."""
        ...


def discover(
    image: ImageIdentity, deadline: Deadline, clients: Clients | None = None
) -> tuple[Claim, ...] | Problem:
    """All claims about an image, those that can be read and those that cannot.

    `clients` are those of repositories that are there already.
    """
    shelf = shelf_of(image, deadline, clients)
    return shelf if isinstance(shelf, Problem) else _found(shelf, image)


def shelf_of(
    image: ImageIdentity, deadline: Deadline, clients: Clients | None = None
) -> Shelf | Problem:
    """Where an image lies."""
    if image.layout:
        return _LayoutShelf(image)
    reference = parse_reference(image.pinned)
    if reference is None:
        return Problem(ProblemKind.UNPARSABLE, image.reference, "is no reference to an image")
    if clients is not None:
        return _RegistryShelf(clients(reference))
    return _RegistryShelf(Client(reference, image.reference, deadline))


def _found(shelf: Shelf, image: ImageIdentity) -> tuple[Claim, ...] | Problem:
    manifests = attached(shelf, image, tuple(_TAGS))
    if isinstance(manifests, Problem):
        return manifests
    found: list[Claim] = []
    for stored in manifests:
        claims = _claims(shelf, stored, image)
        if isinstance(claims, Problem):
            return claims
        found += claims
    return tuple(found)


class Attached(NamedTuple):
    """A manifest; by reference it must name the image, under a tag of the image it need not."""

    stored: Stored
    referring: bool


def attached(shelf: Shelf, image: ImageIdentity, ends: tuple[str, ...]) -> list[Attached] | Problem:
    """What may refer to an image, and what lies under the tags of its digest with some ends."""
    found = _referring(shelf, image)
    if isinstance(found, Problem):
        return found
    for end in ends:
        tagged = shelf.tagged(image.digest, end)
        if isinstance(tagged, Problem):
            return tagged
        if tagged is not None:
            found.append(Attached(tagged, referring=False))
    return found


def _referring(shelf: Shelf, image: ImageIdentity) -> list[Attached] | Problem:
    listed = shelf.attached(image.digest)
    if isinstance(listed, Problem):
        return listed
    if len(listed) > MOST_REFERRERS:
        detail = f"more than {MOST_REFERRERS} things refer to the image"
        return Problem(ProblemKind.TOO_LARGE, image.reference, detail)
    found: list[Attached] = []
    for digest in listed:
        if not is_digest(digest):
            detail = f"the list of referrers names `{digest}`, which is not a digest"
            return Problem(ProblemKind.UNPARSABLE, image.reference, detail)
        stored = shelf.manifest(digest)
        if isinstance(stored, Problem):
            return _missing(stored, digest)
        found.append(Attached(stored, referring=True))
    return found


def _claims(shelf: Shelf, one: Attached, image: ImageIdentity) -> list[Claim] | Problem:
    stored = one.stored
    view = read_json(stored.data.decode("utf-8", "replace"))
    if isinstance(view, str):
        detail = f"the manifest {stored.digest} of a referrer {view}"
        return Problem(ProblemKind.UNPARSABLE, image.reference, detail)
    if one.referring and view["subject"]["digest"].text != image.digest:
        return []
    if NOTATION in (view["artifactType"].text, view["config"]["mediaType"].text):
        return [Claim(stored.digest, ClaimForm.NOTATION)]
    found: list[Claim] = []
    for place, layer in enumerate(_signed(view)):
        data = shelf.blob(layer["digest"].text)
        if isinstance(data, Problem):
            return _missing(data, layer["digest"].text)
        blob = AttachedBlob(layer["mediaType"].text, _annotations(layer), data.data)
        claim = claim_of(stored.digest, place, blob)
        if claim is not None:
            found.append(claim._replace(referring=one.referring))
    return found


def _signed(manifest: JsonView) -> Iterator[JsonView]:
    """The layers that hold something signed."""
    for layer, _ in zip(manifest["layers"].items(), range(_MOST_LAYERS), strict=False):
        kind = layer["mediaType"].text
        if kind.startswith(BUNDLE) or kind in (SIMPLE_SIGNING, ENVELOPE):
            yield layer


def _annotations(layer: JsonView) -> tuple[tuple[str, str], ...]:
    return tuple((name, value.raw) for name, value in layer["annotations"].pairs())


def _missing(problem: Problem, digest: str) -> Problem:
    """The problem that something which refers to the image cannot be had."""
    if problem.kind is not ProblemKind.NOT_FOUND:
        return problem
    detail = f"the registry lists {digest} with the image, and does not have it"
    return problem._replace(detail=detail, help="")


class _RegistryShelf:
    """A repository."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.manifest = client.manifest
        self.blob = client.blob

    def attached(self, digest: str) -> tuple[str, ...] | Problem:
        listed = self._client.referrers(digest)
        if isinstance(listed, Problem):
            return listed
        return tuple(dict.fromkeys(entry.digest for entry in listed))

    def tagged(self, digest: str, end: str) -> Stored | Problem | None:
        found = self._client.manifest(f"{digest.replace(':', '-')}.{end}")
        if isinstance(found, Problem) and found.kind is ProblemKind.NOT_FOUND:
            return None
        return found


class _LayoutShelf:
    """A folder in which an image lies as an OCI layout."""

    def __init__(self, image: ImageIdentity) -> None:
        self._image = image

    def manifest(self, name: str) -> Stored | Problem:
        data = read_blob(self._image.layout, name, self._image.reference)
        return data if isinstance(data, Problem) else Stored(name, data)

    blob = manifest

    def attached(self, digest: str) -> tuple[str, ...] | Problem:
        """The index need not list them, so every blob of a manifest's size is looked at."""
        return tuple(
            name for name in self._small() if self._view(name)["subject"]["digest"].text == digest
        )

    def tagged(self, digest: str, end: str) -> Stored | Problem | None:
        entries = read_index(self._image.layout, self._image.reference)
        if isinstance(entries, Problem):
            return entries
        tag = f"{digest.replace(':', '-')}.{end}"
        kind = f"{_KIND}/{_TAGS.get(end, end)}"
        for entry in entries:
            if entry.kind == kind or entry.tag == tag:
                return self.manifest(entry.digest)
        return None

    def _small(self) -> Iterable[str]:
        try:
            with os.scandir(os.path.join(self._image.layout, "blobs", "sha256")) as entries:
                names = sorted(
                    entry.name
                    for entry, _ in zip(entries, range(_MOST_BLOBS), strict=False)
                    if entry.is_file() and entry.stat().st_size <= _LARGEST_MANIFEST
                )
        except OSError:
            return ()
        return (f"sha256:{name}" for name in names)

    def _view(self, digest: str) -> JsonView:
        stored = self.manifest(digest)
        if isinstance(stored, Problem) or not stored.data.lstrip().startswith(b"{"):
            return JsonView(None)
        view = read_json(stored.data.decode("utf-8", "replace"))
        return JsonView(None) if isinstance(view, str) else view
