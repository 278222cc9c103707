"""The entries of a tar archive, one after the other, out of a stream.

Read is what containerd and docker read: ustar, GNU's long names and sparse files, PAX headers.
https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13,
https://www.gnu.org/software/tar/manual/html_node/Standard.html. Python's `tarfile` believes every
size that a header says, and holds what belongs to it in memory: here everything has a limit.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.image.layers.stream import StreamError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.image.layers.stream import ByteStream

BLOCK = 512
LONGEST_PATH = 4096  # PATH_MAX of Linux
_LARGEST_HEADER = 1024 * 1024
_MOST_SPARSE_BLOCKS = 8_192
_LARGEST_FILE = 1 << 43  # 8 TiB: no file of an image, and no disk that holds one
_ATTRIBUTE = b"SCHILY.xattr."
_CAPABILITY = _ATTRIBUTE + b"security.capability"
_ZERO = bytes(BLOCK)
_NEGATIVE = 0xFF


class EntryKind(Enum):
    """What an entry is."""

    FILE = "file"
    HARD_LINK = "hard link"
    LINK = "link"
    DEVICE = "device"
    FOLDER = "folder"
    PIPE = "pipe"
    OTHER = "other"  # of a kind that engines refuse, and scanners pass over


_KINDS = {
    **dict.fromkeys((0x00, 0x30, 0x53), EntryKind.FILE),
    0x31: EntryKind.HARD_LINK,
    0x32: EntryKind.LINK,
    0x33: EntryKind.DEVICE,
    0x34: EntryKind.DEVICE,
    0x35: EntryKind.FOLDER,
    0x36: EntryKind.PIPE,
}
_WITH_CONTENT = (EntryKind.FILE, EntryKind.OTHER)
_PAX, _GLOBAL, _LONG_NAME, _LONG_LINK, _SPARSE = 0x78, 0x67, 0x4C, 0x4B, 0x53


class TarEntry(NamedTuple):
    """One entry, as its headers say.

    `path` and `link` are as written; `size` are the bytes that it takes when unpacked, `mode` the
    permissions with setuid, setgid and sticky. `capability` tells that it has file capabilities.
    """

    path: str
    kind: EntryKind
    size: int
    mode: int
    link: str = ""
    capability: bool = False


class TarReader:
    """The entries of an archive in a stream. Of the entry at hand, the content can be read.

    `tap` is given all content on its way.
    """

    def __init__(self, stream: ByteStream, tap: Callable[[bytes], None] | None = None) -> None:
        self._stream = stream
        self._tap = tap
        self._header_block = _ZERO
        self._extra: dict[bytes, bytes] = {}
        self._left = 0  # bytes of the entry at hand, with its padding
        self._content = 0

    def entries(self) -> Iterator[TarEntry]:
        """All entries, in their order.

        Raises:
            StreamError: it is no such archive, or one that nobody needs.
        """
        extra: dict[bytes, bytes] = {}
        while block := self._block():
            kind = block[156]
            size = _number(block[124:136])
            if size < 0 or size > _LARGEST_FILE:
                raise StreamError("has an entry whose size cannot be")
            self._check(block)
            if kind in (_PAX, _GLOBAL, _LONG_NAME, _LONG_LINK):
                data = self._header(size)
                if kind == _PAX:
                    extra.update(_pax(data))
                elif kind != _GLOBAL:
                    extra[b"path" if kind == _LONG_NAME else b"linkpath"] = data.split(b"\0")[0]
                continue
            yield self._entry(block, kind, size, extra)
            if extra:
                extra = {}

    def content(self, most: int) -> bytes:
        """The first bytes of the entry at hand, at most so many.

        Raises:
            StreamError: the archive ends before they do.
        """
        count = min(most, self._content)
        data = self._stream.read(count)
        if len(data) < count:
            raise StreamError("ends in the middle of a file")
        self._left -= count
        self._content -= count
        if self._tap is not None:
            self._tap(data)
        return data

    @property
    def is_sparse(self) -> bool:
        """Whether the content of the entry at hand is not all that its file holds."""
        named = any(key.startswith(b"GNU.sparse.") for key in self._extra)
        return named or self._header_block[156] == _SPARSE

    def owner(self) -> tuple[int, int]:
        """The user and the group of the entry at hand."""
        fields = ((b"uid", self._header_block[108:116]), (b"gid", self._header_block[116:124]))
        user, group = (
            _decimal(self._extra[key]) if key in self._extra else _number(field)
            for key, field in fields
        )
        return user, group

    def device(self) -> tuple[int, int]:
        """The major and the minor number of the device at hand; 0 and 0 for what is none."""
        block = self._header_block
        if block[156] not in (0x33, 0x34):
            return 0, 0
        return _number(block[329:337]), _number(block[337:345])

    def attributes(self) -> dict[str, bytes]:
        """The extended attributes of the entry at hand."""
        start = len(_ATTRIBUTE)
        return {
            key[start:].decode("utf-8", "replace"): value
            for key, value in self._extra.items()
            if key.startswith(_ATTRIBUTE)
        }

    def goes_on(self) -> bool:
        """Whether behind the end of the archive there is more than zeros; reads it all."""
        while data := self._stream.read(_LARGEST_HEADER):
            if data.strip(b"\0"):
                return True
        return False

    def _block(self) -> bytes:
        """The next header; empty at the end."""
        while self._tap is not None and self._content:
            self.content(_LARGEST_HEADER)
        if self._left and self._stream.skip(self._left) < self._left:
            raise StreamError("ends in the middle of a file")
        self._left = 0
        block = self._stream.read(BLOCK)
        if len(block) == BLOCK and block != _ZERO:
            return block
        if block.strip(b"\0"):
            raise StreamError("ends in the middle of an entry")
        return b""

    def _entry(self, block: bytes, kind: int, size: int, extra: dict[bytes, bytes]) -> TarEntry:
        meaning = _KINDS.get(kind, EntryKind.OTHER)
        real = size
        if b"size" in extra:
            size = real = _decimal(extra[b"size"])
        if kind == _SPARSE:
            real = self._sparse(block)
        elif b"GNU.sparse.realsize" in extra or b"GNU.sparse.size" in extra:
            said = extra.get(b"GNU.sparse.realsize") or extra[b"GNU.sparse.size"]
            real = _decimal(said)
        self._header_block, self._extra = block, extra
        # Of links and devices a size is nothing: no content follows.
        if meaning not in _WITH_CONTENT:
            size = real = 0
        self._content = size
        self._left = -(-size // BLOCK) * BLOCK
        path = extra.get(b"GNU.sparse.name") or extra.get(b"path") or _name(block)
        link = extra.get(b"linkpath") or block[157:257].split(b"\0", 1)[0]
        if len(path) > LONGEST_PATH or len(link) > LONGEST_PATH:
            raise StreamError(f"has a path of {max(len(path), len(link)):,} bytes")
        if meaning is EntryKind.FILE and path.endswith(b"/") and kind in (0x00, 0x30):
            meaning = EntryKind.FOLDER
        return TarEntry(
            path.decode("utf-8", "replace"),
            meaning,
            real,
            _number(block[100:108]) & 0o7777,
            link=link.decode("utf-8", "replace"),
            capability=_CAPABILITY in extra,
        )

    def _header(self, size: int) -> bytes:
        if size > _LARGEST_HEADER:
            raise StreamError(f"has a header of {size:,} bytes")
        padded = -(-size // BLOCK) * BLOCK
        data = self._stream.read(padded)
        if len(data) < padded:
            raise StreamError("ends in the middle of a header")
        return data[:size]

    def _sparse(self, block: bytes) -> int:
        """The size of a sparse file of the old form, whose further headers are passed by."""
        more, count = block[482], 0
        while more:
            count += 1
            following = self._stream.read(BLOCK)
            if count > _MOST_SPARSE_BLOCKS or len(following) < BLOCK:
                raise StreamError("has a sparse file whose map does not end")
            more = following[504]
        return _number(block[483:495])

    @staticmethod
    def _check(block: bytes) -> None:
        if sum(block[:148]) + sum(block[156:]) + 256 != _number(block[148:156]):
            raise StreamError("has an entry whose checksum is wrong: it is no tar archive")


def _name(block: bytes) -> bytes:
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0" and block[345]:
        prefix = block[345:500].split(b"\0", 1)[0]
        return prefix + b"/" + name
    return name


def _number(field: bytes) -> int:
    """A number in octal digits or, where its first bit is set, in base 256."""
    if field[0] & 0x80:
        if field[0] == _NEGATIVE:
            return -1
        return int.from_bytes(bytes((field[0] & 0x7F, *field[1:])), "big")
    digits = field.split(b"\0", 1)[0].strip()
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        raise StreamError("has an entry with a number that is none") from None


def _decimal(field: bytes) -> int:
    if not field.isdigit() or len(field) > 19:  # noqa: PLR2004 - digits of a 64-bit number
        raise StreamError("has an entry with a size that is none")
    value = int(field)
    if value > _LARGEST_FILE:
        raise StreamError("has an entry whose size cannot be")
    return value


def _pax(data: bytes) -> dict[bytes, bytes]:
    """The records of a PAX header: `LENGTH KEYWORD=VALUE` and a line feed."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        space = data.find(b" ", at, at + 20)
        length = data[at:space] if space > at else b""
        if not length.isdigit() or int(length) < 5:  # noqa: PLR2004 - `5 a=` is the shortest
            raise StreamError("has a header that cannot be read")
        record = data[space + 1 : at + int(length) - 1]
        key, mark, value = record.partition(b"=")
        if not mark:
            raise StreamError("has a header that cannot be read")
        found[key] = value
        at += int(length)
    return found
