"""Bytes that come in pieces: unpacked, counted and digested on the way, never held as a whole.

Of what an archive promises nothing is believed: who unpacks too much from too little is stopped.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_PIECE = 256 * 1024
_FREE = 512 * 1024 * 1024
_HIGHEST_RATIO = 500
"""No layer of real files is packed that well: sources and logs come to 20, holes to 100."""
_WIDEST_WINDOW = 128 * 1024 * 1024


class StreamError(Exception):
    """The bytes are not what they say they are; the text is the rest of a sentence."""


def compression(head: bytes) -> str:
    """How bytes that begin so are packed: `gzip`, `zstd`, or empty."""
    if head.startswith(GZIP):
        return "gzip"
    return "zstd" if head.startswith(ZSTD) else ""


class ByteStream:
    """Pieces of bytes, read as they are wanted.

    `digest` is that of what was taken from the source so far, `unpacked` that of what came out.
    """

    def __init__(
        self, pieces: Iterable[bytes], algorithm: str = "sha256", keep: range = range(0)
    ) -> None:
        self._keep = keep
        self._kept = bytearray()
        self._packed = hashlib.new(algorithm)
        self._plain = hashlib.sha256()
        self._source = iter(pieces)
        self.taken = 0
        self.given = 0
        head = b""
        while len(head) < len(ZSTD) and (piece := next(self._source, b"")):
            head += self._took(piece)
        self.compression = compression(head)
        self._pieces = self._opened(head)
        self._buffer = b""
        self._at = 0

    @property
    def kept(self) -> bytes:
        """The bytes of the source in the range that was asked for."""
        return bytes(self._kept)

    @property
    def digest(self) -> str:
        """The digest of the bytes as they came, in hexadecimal digits."""
        return self._packed.hexdigest()

    @property
    def unpacked(self) -> str:
        """The SHA-256 digest of the bytes unpacked, in hexadecimal digits."""
        return self._plain.hexdigest()

    def read(self, count: int) -> bytes:
        """The next bytes: fewer only at the end.

        Raises:
            StreamError: they cannot be unpacked.
        """
        at = self._at
        end = at + count
        if end <= len(self._buffer):
            self._at = end
            return self._buffer[at:end]
        parts = [self._buffer[at:]]
        missing = count - len(parts[0])
        self._buffer, self._at = b"", 0
        while missing and (piece := next(self._pieces, b"")):
            parts.append(piece[:missing])
            if len(piece) > missing:
                self._buffer, self._at = piece, missing
            missing -= len(parts[-1])
        return b"".join(parts)

    def skip(self, count: int) -> int:
        """How many of so many bytes were there to leave out.

        Raises:
            StreamError: they cannot be unpacked.
        """
        there = len(self._buffer) - self._at
        if count <= there:
            self._at += count
            return count
        missing = count - there
        self._buffer, self._at = b"", 0
        while missing and (piece := next(self._pieces, b"")):
            if len(piece) > missing:
                self._buffer, self._at = piece, missing
                return count
            missing -= len(piece)
        return count - missing

    def finish(self) -> None:
        """Read what is left, so that the digests are those of everything.

        Raises:
            StreamError: it cannot be unpacked.
        """
        self._buffer, self._at = b"", 0
        for _ in self._pieces:
            pass
        for piece in self._source:
            self._took(piece)

    def _took(self, piece: bytes) -> bytes:
        if (
            self._keep
            and self.taken < self._keep.stop
            and self.taken + len(piece) > self._keep.start
        ):
            start = max(0, self._keep.start - self.taken)
            self._kept += piece[start : self._keep.stop - self.taken]
        self.taken += len(piece)
        self._packed.update(piece)
        return piece

    def _opened(self, head: bytes) -> Iterator[bytes]:
        packed = self._chain(head)
        match self.compression:
            case "gzip":
                pieces = _gunzip(packed)
            case "zstd":
                pieces = _unzstd(packed)
            case _:
                pieces = packed
        for piece in pieces:
            self.given += len(piece)
            self._plain.update(piece)
            if self.given > _FREE and self.given > self.taken * _HIGHEST_RATIO:
                raise StreamError(
                    f"unpacks to more than {_HIGHEST_RATIO} times its size: {self.given:,} bytes"
                    f" out of {self.taken:,}"
                )
            yield piece

    def _chain(self, head: bytes) -> Iterator[bytes]:
        if head:
            yield head
        for piece in self._source:
            yield self._took(piece)


def _gunzip(packed: Iterator[bytes]) -> Iterator[bytes]:
    """What is in one or more members of gzip; zeros after the last are nothing."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    fresh = True
    for piece in packed:
        data = piece
        while data:
            if unpacker.eof:
                data = data.lstrip(b"\0")
                if not data:
                    break
                unpacker, fresh = zlib.decompressobj(zlib.MAX_WBITS | 16), True
            try:
                plain = unpacker.decompress(data, _PIECE)
            except zlib.error as error:
                raise StreamError(f"cannot be unpacked ({error})") from None
            fresh = False
            if plain:
                yield plain
            data = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not (unpacker.eof or fresh):
        raise StreamError("ends in the middle of its packed bytes")


def _unzstd(packed: Iterator[bytes]) -> Iterator[bytes]:
    import zstandard

    source = cast("IO[bytes]", _Joined(packed))
    factory = zstandard.ZstdDecompressor(max_window_size=_WIDEST_WINDOW)
    reader = factory.stream_reader(source, read_across_frames=True)
    try:
        while plain := reader.read(_PIECE):
            yield plain
    except zstandard.ZstdError as error:
        raise StreamError(f"cannot be unpacked ({error})") from None


class _Joined:
    """Pieces as a file that is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, count: int = -1) -> bytes:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        data, self._rest = (
            (self._rest, b"") if count < 0 else (self._rest[:count], self._rest[count:])
        )
        return data
