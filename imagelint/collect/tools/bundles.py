"""Show cosign the signatures that lie in an OCI layout beside the image.

Two things make that necessary. cosign reads only layouts in which the image is marked the way
`cosign save` marks it. And for layouts its answer does not say what kind of statement verified, so
that a signed vulnerability report would pass for a signature: it is shown nothing but signatures.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from typing import TYPE_CHECKING

from imagelint.collect.registry.layout import read_blob, read_index
from imagelint.collect.tools.referrers import BUNDLE
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.documents.image.claims import named_kind
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.manifest import INDEX, MANIFEST, is_digest
from imagelint.documents.image.signatures import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.image.image import ImageIdentity

KIND = "dev.cosignproject.cosign"
_LARGEST_MANIFEST = 256 * 1024  # bytes: one of a signature has a few thousand
_MOST_BLOBS = 100_000
_PLACE = "layout"


class StagedImage(NamedTuple):
    """One way to show an image to cosign: last arguments, and files in its folder.

    `predicate` is the type of all statements in sight where cosign's answer does not tell; `retry`
    marks the second look at an image in a registry.
    """

    arguments: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    predicate: str = ""
    retry: bool = False


class _Bundle(NamedTuple):
    """A bundle about the image: all blobs that make it up, and the type of its statement."""

    blobs: tuple[str, ...]
    predicate: str


def layout_views(image: ImageIdentity) -> Iterator[StagedImage]:
    """The signatures in a layout, by format; nothing when it holds none for this image."""
    bundles = [one for one in _bundles(image) if one.predicate == SIGNATURE]
    if bundles:
        blobs = [image.digest, *(digest for bundle in bundles for digest in bundle.blobs)]
        yield _view(image, (_entry(image, image.digest, "image"),), blobs)
    legacy = _legacy(image)
    if legacy:
        entries = (_entry(image, image.digest, "image"), _entry(image, legacy, "sigs"))
        blobs = [image.digest, legacy, *_parts(image, legacy)]
        view = _view(image, entries, blobs)
        yield view._replace(arguments=("--new-bundle-format=false", *view.arguments), predicate="")


def _view(
    image: ImageIdentity, entries: tuple[dict[str, object], ...], blobs: Iterable[str]
) -> StagedImage:
    """A layout with these entries and blobs: the very texts that were read and checked here."""
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
    texts = ((digest, _text(image, digest)) for digest in dict.fromkeys(blobs))
    files = (
        (f"{_PLACE}/oci-layout", '{"imageLayoutVersion":"1.0.0"}'),
        (f"{_PLACE}/index.json", json.dumps(index)),
        *(
            (f"{_PLACE}/blobs/{digest.replace(':', '/')}", text)
            for digest, text in texts
            if text is not None
        ),
    )
    return StagedImage(("--local-image", _PLACE), files, SIGNATURE)


def _entry(image: ImageIdentity, digest: str, kind: str) -> dict[str, object]:
    """An entry as `cosign save` marks it; an index too, whose own mark hides its signatures."""
    return {
        "mediaType": _media_type(image, digest),
        "digest": digest,
        "size": len((_text(image, digest) or "").encode()),
        "annotations": {"kind": f"{KIND}/{kind}"},
    }


def _media_type(image: ImageIdentity, digest: str) -> str:
    view = _json_blob(image, digest)
    return (view["mediaType"].text if view is not None else "") or MANIFEST


def _bundles(image: ImageIdentity) -> Iterator[_Bundle]:
    """The bundles that some manifest in the layout attaches to the image.

    The index need not list them, so every blob of a manifest's size is looked at.
    """
    folder = os.path.join(_blobs(image), "sha256")
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name
            for entry, _ in zip(entries, range(_MOST_BLOBS), strict=False)
            if entry.is_file() and entry.stat().st_size <= _LARGEST_MANIFEST
        )
    for name in names:
        digest = f"sha256:{name}"
        manifest = _json_blob(image, digest)
        if manifest is None or manifest["subject"]["digest"].text != image.digest:
            continue
        config = manifest["config"]["digest"].text
        for layer in manifest["layers"].items():
            blob = layer["digest"].text
            if not layer["mediaType"].text.startswith(BUNDLE) or not is_digest(config):
                continue
            bundle = _json_blob(image, blob)
            if bundle is not None:
                yield _Bundle((digest, config, blob), _predicate(bundle))


def _predicate(bundle: JsonView) -> str:
    """The type of the statement in a bundle; whether it is true is for cosign to say."""
    try:
        payload = base64.b64decode(bundle["dsseEnvelope"]["payload"].raw, validate=True)
    except (binascii.Error, ValueError):
        return ""
    statement = read_json(payload.decode("utf-8", "replace"))
    return "" if isinstance(statement, str) else named_kind(statement["predicateType"])


def _legacy(image: ImageIdentity) -> str:
    """The digest of the manifest of signatures in the former format; empty without one."""
    entries = read_index(image.layout, image.reference)
    if isinstance(entries, Problem):
        return ""
    tag = f"{image.digest.replace(':', '-')}.sig"
    found = (entry.digest for entry in entries if entry.kind == f"{KIND}/sigs" or entry.tag == tag)
    return next((digest for digest in found if _json_blob(image, digest) is not None), "")


def _parts(image: ImageIdentity, digest: str) -> Iterator[str]:
    """The blobs that a manifest of signatures names."""
    view = _json_blob(image, digest)
    if view is not None:
        yield view["config"]["digest"].text
        yield from (layer["digest"].text for layer in view["layers"].items())


def _text(image: ImageIdentity, digest: str) -> str | None:
    """A blob that is a text and has its digest."""
    data = read_blob(image.layout, digest, image.reference)
    try:
        return None if isinstance(data, Problem) else data.decode()
    except UnicodeDecodeError:
        return None


def _json_blob(image: ImageIdentity, digest: str) -> JsonView | None:
    text = _text(image, digest)
    if text is None or not text.lstrip().startswith("{"):
        return None
    view = read_json(text)
    return None if isinstance(view, str) else view


def _blobs(image: ImageIdentity) -> str:
    return os.path.join(image.layout, "blobs")
