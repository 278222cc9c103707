"""Find the bills of materials that are attached to an image, whoever made them.

Looked at are what refers to the image or to the index that lists it, what lies under the tags that
cosign gives it, and what BuildKit lists in the index beside the images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.signatures.discover import attached, shelf_of
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.boms import (
    MEDIA_TYPES,
    STATEMENT,
    BillOfMaterials,
    in_layer,
    is_stated,
    text_of,
)
from imagelint.documents.image.claims import BUNDLE, ENVELOPE, AttachedBlob, claim_of
from imagelint.documents.image.jsonview import read_json
from imagelint.documents.image.manifest import descriptors, is_digest, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.client import Clients, Stored
    from imagelint.collect.signatures.discover import Shelf
    from imagelint.documents.image.image import ImageIdentity
    from imagelint.documents.image.jsonview import JsonView

_MOST_LAYERS = 100
_TAGS = ("att", "sbom")


def find_boms(
    image: ImageIdentity, deadline: Deadline, clients: Clients | None = None
) -> tuple[BillOfMaterials, ...] | Problem:
    """The bills of materials of an image that differ, by the digests under which they lie."""
    shelf = shelf_of(image, deadline, clients)
    if isinstance(shelf, Problem):
        return shelf
    found: list[BillOfMaterials] = []
    digests = tuple(dict.fromkeys(one for one in (image.manifest, image.digest) if one))
    for digest in digests:
        listed = attached(shelf, image._replace(digest=digest), _TAGS)
        if isinstance(listed, Problem):
            return listed
        for one in listed:
            stored, owner = one.stored, digest if one.referring else ""
            part = _boms(shelf, stored, digests, owner, image)
            if isinstance(part, Problem):
                return part
            found += part
    beside = _beside(shelf, image, digests)
    if isinstance(beside, Problem):
        return beside
    differing: dict[str, BillOfMaterials] = {}
    for bill in sorted((*found, *beside), key=lambda bill: bill.source):
        differing.setdefault(bill.text, bill)
    return tuple(differing.values())


def _beside(
    shelf: Shelf, image: ImageIdentity, digests: tuple[str, ...]
) -> list[BillOfMaterials] | Problem:
    """What lies in the index as another entry."""
    if image.digest == image.manifest or not image.digest:
        return []
    top = shelf.manifest(image.digest)
    if isinstance(top, Problem):
        return top
    view = read_manifest(top.data)
    found: list[BillOfMaterials] = []
    for entry in () if isinstance(view, str) else descriptors(view):
        if entry.kind == "attestation-manifest" and is_digest(entry.digest):
            stored = shelf.manifest(entry.digest)
            part = (
                stored if isinstance(stored, Problem) else _boms(shelf, stored, digests, "", image)
            )
            if isinstance(part, Problem):
                return part
            found += part
    return found


def _boms(
    shelf: Shelf, stored: Stored, digests: tuple[str, ...], owner: str, image: ImageIdentity
) -> list[BillOfMaterials] | Problem:
    """What the layers of a manifest hold, which has to refer to `owner` where one is given."""
    view = read_json(stored.data.decode("utf-8", "replace"))
    if isinstance(view, str):
        detail = f"the manifest {stored.digest} of a referrer {view}"
        return Problem(ProblemKind.UNPARSABLE, image.reference, detail)
    if owner and view["subject"]["digest"].text != owner:
        return []
    found: list[BillOfMaterials] = []
    for layer in _layers(view):
        blob = shelf.blob(layer["digest"].text)
        if isinstance(blob, Problem):
            return blob
        text = _text(layer["mediaType"].text, blob.data, digests)
        if text:
            found.append(BillOfMaterials(text, stored.digest))
    return found


def _layers(manifest: JsonView) -> Iterator[JsonView]:
    """The layers that may hold one; of a statement, its type may be written beside it."""
    for layer, _ in zip(manifest["layers"].items(), range(_MOST_LAYERS), strict=False):
        kind = layer["mediaType"].text
        said = layer["annotations"]["in-toto.io/predicate-type"].raw
        if kind == STATEMENT and said and not is_stated(said):
            continue
        if kind in (STATEMENT, ENVELOPE) or kind.startswith((BUNDLE, *MEDIA_TYPES)):
            yield layer


def _text(kind: str, data: bytes, digests: tuple[str, ...]) -> str:
    claim = claim_of("", 0, AttachedBlob(kind, (), data))
    if claim is None:
        return in_layer(kind, data, digests)
    about = is_stated(claim.predicate) and not set(claim.digests).isdisjoint(digests)
    return text_of(claim.content) if about and not claim.fault else ""
