"""The index by which engines fetch the files of a layer one by one, held against its archive.

An engine that starts a container before its layers are there (eStargz), or fetches only what it
lacks (zstd:chunked), believes the index and not the archive: names, rights, owners, links, and by
their digests the contents. Scanners unpack the archive. Both have to say the same.
https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md,
https://github.com/containers/storage/blob/main/docs/containers-storage-zstd-chunked.md
"""

from __future__ import annotations

import base64
import hashlib
import json
from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.image.layers.stream import StreamError
from imagelint.documents.image.layers.tar import EntryKind
from imagelint.documents.image.manifest import CHUNKED, CHUNKED_PLACE, STARGZ

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.image.layers.tar import TarEntry, TarReader

NAME = "stargz.index.json"
"""The last entry of the archive in an eStargz layer."""

_MARKS = frozenset((".prefetch.landmark", ".no.prefetch.landmark"))
_CHUNK = 4 * 1024 * 1024
"""Larger files are cut here, unless whoever converted an image chose otherwise."""
_LARGEST = 64 * 1024 * 1024
_MOST_TOLD = 5
_PERMISSIONS = 0o7777
_KINDS = {
    "reg": EntryKind.FILE,
    "dir": EntryKind.FOLDER,
    "symlink": EntryKind.LINK,
    "hardlink": EntryKind.HARD_LINK,
    "char": EntryKind.DEVICE,
    "block": EntryKind.DEVICE,
    "fifo": EntryKind.PIPE,
}
_FIELDS = frozenset(
    (
        *(
            "name",
            "type",
            "size",
            "modtime",
            "linkName",
            "mode",
            "uid",
            "gid",
            "userName",
            "xattrs",
        ),
        *("groupName", "offset", "endOffset", "devMajor", "devMinor", "NumLink", "innerOffset"),
        *("digest", "chunkOffset", "chunkSize", "chunkDigest", "chunkType"),
        *("accesstime", "changetime"),
    )
)
_HEAD = frozenset(("version", "entries", "tarSplitDigest"))


class IndexClaim(NamedTuple):
    """What a manifest says of the index of a layer: its digest, and for zstd:chunked its place.

    `offset` and `length` are bytes in the layer as it is stored.
    """

    digest: str
    chunked: bool = False
    offset: int = 0
    length: int = 0

    @property
    def place(self) -> range:
        """Where it lies in the layer as it is stored; nowhere where it is in the archive."""
        return range(self.offset, self.offset + self.length)


def claim_in(annotations: Mapping[str, str]) -> IndexClaim:
    """The index that the annotations of a layer name.

    Raises:
        StreamError: it cannot be found by them.
    """
    if STARGZ in annotations:
        return IndexClaim(annotations[STARGZ])
    offset, _, rest = annotations.get(CHUNKED_PLACE, "").partition(":")
    length = rest.partition(":")[0]
    if not (offset.isdecimal() and length.isdecimal() and len(offset + length) < 40):  # noqa: PLR2004 - digits of two 64-bit numbers
        raise StreamError("has an index for engines that fetch single files, of no place")
    if int(length) > _LARGEST:
        raise StreamError(f"has an index of {int(length):,} bytes, more than is read")
    return IndexClaim(
        annotations.get(CHUNKED, ""), chunked=True, offset=int(offset), length=int(length)
    )


class LazyIndex:
    """What an archive says of its files, gathered as it is read, to be compared at its end."""

    def __init__(self, claim: IndexClaim) -> None:
        self._claim = claim
        self._seen: dict[str, bytes] = {}
        self._folders: dict[str, bytes] = {}
        self._open: tuple[str, EntryKind, tuple[object, ...]] | None = None
        self._whole = self._piece = hashlib.sha256()
        self._pieces: list[str] = []
        self._taken = 0
        self._index: bytes | None = None

    def begin(self, path: str, entry: TarEntry, reader: TarReader) -> None:
        """The next entry begins: what follows is its content."""
        self._close()
        if path == NAME and not self._claim.chunked:
            self._index = reader.content(_LARGEST + 1)
            return
        if reader.is_sparse:
            raise StreamError(
                "has a sparse file beside an index for engines that fetch single files"
            )
        link = _clean(entry.link) if entry.kind is EntryKind.HARD_LINK else entry.link
        facts = (entry.mode, *reader.owner(), link, *reader.device(), _told(reader.attributes()))
        self._open = path, entry.kind, facts
        self._whole, self._piece = hashlib.sha256(), hashlib.sha256()
        self._pieces, self._taken = [], 0

    def feed(self, data: bytes) -> None:
        """Some bytes of the content."""
        self._whole.update(data)
        while data:
            part = data[: _CHUNK - self._taken % _CHUNK]
            if self._taken and not self._taken % _CHUNK:
                self._pieces.append(self._piece.hexdigest())
                self._piece = hashlib.sha256()
            self._piece.update(part)
            self._taken += len(part)
            data = data[len(part) :]

    def differences(self, kept: bytes) -> Iterator[str]:
        """The first paths of which index and archive say different things.

        `kept` is the index of a zstd:chunked layer, as it is stored.

        Raises:
            StreamError: it cannot be read.
        """
        self._close()
        text = _unpacked(kept, self._claim) if self._claim.chunked else self._index
        if text is None:
            raise StreamError(
                "has an index for engines that fetch single files, and it is not in it"
            )
        if len(text) > _LARGEST:
            raise StreamError(f"has an index of more than {_LARGEST:,} bytes")
        said = kept if self._claim.chunked else text
        if self._claim.digest != f"sha256:{hashlib.sha256(said).hexdigest()}":
            yield "another index than the manifest names"
            return
        yield from islice(self._compared(text.decode("utf-8", "replace")), _MOST_TOLD)

    def _close(self) -> None:
        if self._open is None:
            return
        path, kind, facts = self._open
        self._open = None
        content: tuple[str, ...] = ()
        if self._taken:
            whole = self._whole.hexdigest()
            one = self._claim.chunked or self._taken <= _CHUNK
            content = (whole,) if one else (*self._pieces, self._piece.hexdigest())
        place = self._folders if kind is EntryKind.FOLDER else self._seen
        place[path] = _print(kind, facts, self._taken, content)

    def _compared(self, text: str) -> Iterator[str]:
        open_ = dict(self._seen)
        for name, fields, chunks in _files(text):
            path = _clean(name)
            kind = _KINDS.get(str(fields.get("type")), EntryKind.OTHER)
            found = self._folders.get(path) if kind is EntryKind.FOLDER else open_.pop(path, None)
            if found is None and kind is EntryKind.FOLDER and path not in self._seen:
                continue  # a folder that the archive leaves to whoever unpacks it
            if found is None or found != self._claimed(kind, fields, chunks):
                yield path or "/"
        yield from (path for path in open_ if path not in _MARKS)

    def _claimed(
        self, kind: EntryKind, fields: dict[str, object], chunks: list[dict[str, object]]
    ) -> bytes:
        size = _whole_number(fields, "size") if kind is EntryKind.FILE else 0
        link = str(fields.get("linkName") or "")
        facts = (
            _whole_number(fields, "mode") & _PERMISSIONS,
            _whole_number(fields, "uid"),
            _whole_number(fields, "gid"),
            _clean(link) if kind is EntryKind.HARD_LINK else link,
            *(_whole_number(fields, name) for name in ("devMajor", "devMinor")),
            _told(_attributes(fields)),
        )
        return _print(kind, facts, size, self._contents(fields, chunks, size))

    def _contents(
        self, fields: dict[str, object], chunks: list[dict[str, object]], size: int
    ) -> tuple[str, ...]:
        """The digests that an engine demands of the content."""
        if not size:
            return ()
        if self._claim.chunked:
            return (_digits(fields.get("digest")),)
        parts = sorted(
            (_whole_number(one, "chunkOffset"), str(one.get("chunkDigest"))) for one in chunks
        )
        if [at for at, _ in parts] != list(range(0, size, _CHUNK)):
            raise StreamError("has an index whose pieces of files are none that can be compared")
        return tuple(_digits(digest) for _, digest in parts)


def _files(text: str) -> Iterator[tuple[str, dict[str, object], list[dict[str, object]]]]:
    """Each file that an index tells of, with its pieces: the first is the file itself."""
    current: tuple[str, dict[str, object], list[dict[str, object]]] | None = None
    for fields in _entries(text):
        name = str(fields.get("name", ""))
        if fields.get("type") == "chunk":
            if current is None or current[0] != name:
                raise StreamError("has an index with a piece of a file that is not before it")
            current[2].append(fields)
            continue
        if current is not None:
            yield current
        current = name, fields, [fields]
    if current is not None:
        yield current


def _entries(text: str) -> Iterator[dict[str, object]]:
    """The entries of an index, one at a time: there may be some hundred thousand."""
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    head, mark, rest = text.partition('"entries"')
    at = len(head) + len(mark)
    try:
        at = _after(text, at, ":")
        at = _after(text, at, "[")
        while text[_space(text, at)] != "]":
            fields, at = decoder.raw_decode(text, _space(text, at))
            if not isinstance(fields, dict):
                raise StreamError("has an index with an entry that is none")
            _demand_plain(fields, _FIELDS)
            yield fields
            at = _space(text, at)
            if text[at] == ",":
                at += 1
        rest = f"{head}{mark}:[]{text[_space(text, at) + 1 :]}"
        outside = json.loads(rest, object_pairs_hook=_once)
    except (ValueError, IndexError, RecursionError):
        raise StreamError("has an index that cannot be read") from None
    if not (isinstance(outside, dict) and outside.get("entries") == []):
        raise StreamError("has an index that cannot be read")
    if any(
        isinstance(value, dict) or (value and isinstance(value, list)) for value in outside.values()
    ):
        raise StreamError("has an index that cannot be read")
    _demand_plain(outside, _HEAD)


def _demand_plain(fields: dict[str, object], known: frozenset[str]) -> None:
    """Raise where readers of Go would take a name for another: they mind no capitals."""
    folded = {name.casefold() for name in known}
    if any(name not in known and name.casefold() in folded for name in fields):
        raise StreamError("has an index that readers understand differently")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names are all different, whatever a reader thinks of capitals."""
    found = dict(pairs)
    if len({name.casefold() for name in found}) != len(pairs):
        raise StreamError("has an index that readers understand differently")
    return found


def _after(text: str, at: int, mark: str) -> int:
    at = _space(text, at)
    if text[at] != mark:
        raise ValueError(mark)
    return at + 1


def _space(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


def _whole_number(fields: dict[str, object], name: str) -> int:
    value = fields.get(name, 0)
    return value if isinstance(value, int) else -1


def _digits(value: object) -> str:
    return str(value).removeprefix("sha256:")


def _attributes(fields: dict[str, object]) -> dict[str, bytes]:
    said = fields.get("xattrs") or {}
    if not isinstance(said, dict):
        return {"": b""}
    try:
        return {name: base64.b64decode(str(value), validate=True) for name, value in said.items()}
    except ValueError:
        return {"": b""}


def _told(attributes: dict[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    return tuple(sorted(attributes.items()))


def _print(kind: EntryKind, *facts: object) -> bytes:
    return hashlib.blake2b(repr((kind.value, facts)).encode(), digest_size=16).digest()


def _clean(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _unpacked(kept: bytes, claim: IndexClaim) -> bytes:
    import io

    import zstandard

    if len(kept) != claim.length:
        raise StreamError("has an index for engines that fetch single files, behind its end")
    reader = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(kept))
    try:
        return reader.read(_LARGEST + 1)
    except zstandard.ZstdError:
        raise StreamError("has an index that cannot be unpacked") from None
