"""An image as a text that says what was found in it: for tests, and to judge it again.

    {"inspected": "registry.example.com/app:1",
     "config": {"config": {"User": "1000"}, "history": [{"created_by": "COPY a /b"}]},
     "layers": [{"files": [{"path": "b", "size": 3, "mode": "4755", "content": "x=1"}]}]}

A file has `link` (with `kind`: `link` or `hard link`) or `kind`: `folder`, `device`, `other`; a
layer has `size`, its bytes as they are stored, `index`, the entries of the index of an eStargz
layer, and `behind`, what stands behind its end.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.image import ImageIdentity, ImageTarget, image_config
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.layers.history import history_of
from imagelint.documents.image.layers.lazyindex import NAME, IndexClaim, LazyIndex
from imagelint.documents.image.layers.reading import ImageReading
from imagelint.documents.image.layers.stream import ByteStream, StreamError
from imagelint.documents.image.manifest import ImageLayer, platform_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source

_TYPES = {
    "link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "folder": tarfile.DIRTYPE,
    "device": tarfile.CHRTYPE,
    "other": b"V",
}
_PIECE = 1024 * 1024
_LARGEST = 64 * 1024 * 1024


def parse_inspected(source: Source) -> ImageTarget:
    """The image that a text describes.

    Raises:
        DocumentError: it is not such a description.
    """
    view = read_json(source.text)
    if isinstance(view, str):
        raise DocumentError(ProblemKind.UNPARSABLE, f"the description of an image {view}")
    layers = list(view["layers"].items())
    reading = ImageReading(history_of(view["config"], len(layers)), view["inspected"].text)
    for layer in layers:
        index = _index(layer)
        try:
            data = b"".join(_archive(layer, index))
        except (ValueError, OverflowError):  # a mode that is no number, a size far below nothing
            message = "the description of an image has a file that no archive can hold"
            raise DocumentError(ProblemKind.UNPARSABLE, message) from None
        digest = _digest(data)
        size = int(layer["size"].number or len(data))
        known = ImageLayer(digest, digest, size)
        try:
            held = LazyIndex(IndexClaim(_digest(index))) if index else None
            reading.layer(ByteStream([data]), known, index=held)
        except StreamError as error:
            reading.unread(known, str(error))
    name = view["inspected"].text
    identity = ImageIdentity(name, "", platform=platform_of(view["config"]))
    config = image_config(view["config"])
    return ImageTarget(identity, config, tuple(reading.nodes()), origin=source.origin)


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _index(layer: JsonView) -> bytes:
    if layer["index"].is_absent:
        return b""
    return f'{{"version": 1, "entries": {layer["index"].dumped()}}}'.encode()


def _archive(layer: JsonView, index: bytes) -> Iterator[bytes]:
    """The layer as a tar archive: of a file that is said to be large, only its header is true."""
    for file in layer["files"].items():
        content = file["content"].raw.encode()
        entry = tarfile.TarInfo(file["path"].raw)
        entry.type = _TYPES.get(file["kind"].text, tarfile.REGTYPE)
        entry.mode = int(file["mode"].text or "644", 8)
        entry.linkname = file["link"].raw
        entry.size = min(_LARGEST, int(file["size"].number or len(content)))
        if entry.type != tarfile.REGTYPE:
            entry.size = 0
        if file["capability"].text:
            entry.pax_headers = {"SCHILY.xattr.security.capability": "x"}
        yield entry.tobuf(tarfile.PAX_FORMAT)
        data = io.BytesIO(content.ljust(entry.size, b"\0"))
        if entry.size:
            yield data.getvalue() + bytes(-entry.size % 512)
    if index:
        entry = tarfile.TarInfo(NAME)
        entry.size = len(index)
        yield entry.tobuf(tarfile.PAX_FORMAT) + index + bytes(-len(index) % 512)
    yield bytes(1024) + layer["behind"].raw.encode()
