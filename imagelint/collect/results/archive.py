"""ZIP archives of results: bounded, whatever their directory says of its entries."""

from __future__ import annotations

import zipfile
import zlib
from functools import partial
from struct import Struct
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation import inspect_ai

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.evaluation.results import ResultFile

MOST_ENTRIES = 1_000_000
LARGEST_WHOLE = 64 * 1024**3
"""Bytes that may come out of one archive."""
MOST_FOLD = 1000
"""How many times as large an entry may become, beyond its first 64 MiB: transcripts reach 100."""
_ALWAYS = 64 * 1024**2
_PIECE = 1024 * 1024
# APPNOTE.TXT 6.3.10, 4.4.5; `zipfile` knows Zstandard from Python 3.14 on.
_ZSTANDARD = 93
_LOCAL_HEADER = Struct("<26xHH")


class _Room(NamedTuple):
    """What an archive may still become, shared by its entries."""

    left: list[int]

    def take(self, size: int) -> None:
        self.left[0] -= size
        if self.left[0] < 0:
            raise DocumentError(
                ProblemKind.TOO_LARGE, f"becomes more than {LARGEST_WHOLE // 1024**3} GiB"
            )


def read_archive(file: BinaryIO, origin: str) -> ResultFile:
    """The log of inspect_ai that an archive is.

    Raises:
        DocumentError: it is none, ends too early, or becomes far larger than it is.
    """
    room = _Room([LARGEST_WHOLE])
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise DocumentError(ProblemKind.TOO_LARGE, f"has {len(entries):,} entries")
            members = {
                entry.filename: partial(_pieces, file, archive, entry, room) for entry in entries
            }
            return inspect_ai.read_archive(origin, members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        detail = f"is an archive that is damaged or ends too early: {error}"
        raise DocumentError(ProblemKind.UNPARSABLE, detail) from None


def _pieces(
    file: BinaryIO, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: _Room
) -> Iterator[bytes]:
    most = max(_ALWAYS, MOST_FOLD * entry.compress_size)
    told = 0
    for piece in _unpacked(file, archive, entry):
        told += len(piece)
        if told > most:
            detail = f"`{entry.filename}` becomes more than {MOST_FOLD:,} times as large as it is"
            raise DocumentError(ProblemKind.TOO_LARGE, detail)
        room.take(len(piece))
        yield piece


def _unpacked(file: BinaryIO, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    if entry.compress_type == _ZSTANDARD:
        yield from _zstandard(file, entry)
        return
    with archive.open(entry) as opened:
        while piece := opened.read(_PIECE):
            yield piece


def _zstandard(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry; its checksum is that of Zstandard's own frames."""
    try:
        import zstandard
    except ImportError:
        detail = "is compressed with Zstandard, for which a package is missing"
        help_ = "install `imagelint[evaluation]`"
        raise DocumentError(ProblemKind.TOOL_MISSING, detail, help=help_) from None
    file.seek(entry.header_offset)
    name, extra = _LOCAL_HEADER.unpack(_exactly(file, _LOCAL_HEADER.size))
    file.seek(entry.header_offset + _LOCAL_HEADER.size + name + extra)
    reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(
        cast("IO[bytes]", _Part(file, entry.compress_size)),
        read_across_frames=True,
        closefd=False,
    )
    told = 0
    try:
        while piece := reader.read(_PIECE):
            told += len(piece)
            yield piece
    except zstandard.ZstdError as error:
        raise EOFError(str(error)) from None
    if told != entry.file_size:
        raise EOFError(f"`{entry.filename}` has {told:,} of {entry.file_size:,} bytes")


class _Part:
    """The next bytes of a file, as many as an entry has, wherever others have read since."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._at = file.tell()
        self._left = size

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most that many; none at the end."""
        self._file.seek(self._at)
        wanted = self._left if size < 0 else min(size, self._left)
        found = self._file.read(wanted)
        self._at += len(found)
        self._left -= len(found)
        return found


def _exactly(file: BinaryIO, size: int) -> bytes:
    found = file.read(size)
    if len(found) < size:
        raise EOFError("it has no local header")
    return found
