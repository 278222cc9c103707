"""What a database of rpm says is installed, in each format that rpm has had.

SQLite since rpm 4.16, a hash of Berkeley DB before, and rpm's own `ndb` at SUSE:
https://github.com/rpm-software-management/rpm/tree/master/lib/backend, of Berkeley DB
https://github.com/berkeleydb/libdb/blob/master/src/dbinc/db_page.h. In all of them a package is its
header, as in its file: https://rpm-software-management.github.io/rpm/manual/format_header.html.
Nothing that a database says of sizes and places is believed.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from imagelint.documents.image.jsonview import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 64 * 1024 * 1024
"""Bytes of a database that is read; with CUDA and all of its libraries they have some 30 MB."""

DATABASES = frozenset(
    f"{folder}/{name}"
    for folder in ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
    for name in ("Packages", "Packages.db", "rpmdb.sqlite")
)
_SQLITE, _NDB = b"SQLite format 3\0", b"RpmP"
_HASH = 0x061561
_NAME, _VERSION, _RELEASE, _EPOCH = 1000, 1001, 1002, 1003
_WANTED = frozenset((_NAME, _VERSION, _RELEASE, _EPOCH))
_KEY = "gpg-pubkey"  # a key in the place of a package: scanners leave it out
_LONGEST = 1024
_STEPS = 5_000_000  # of SQLite's machine; a package takes five


class RpmDatabaseError(Exception):
    """It cannot be read; the text is the rest of a sentence."""


def rpm_packages(data: bytes) -> Iterator[str]:
    """The packages of a database, as `name [epoch:]version-release`.

    Raises:
        RpmDatabaseError: it is none, or damaged.
    """
    left = len(data)
    for header in _headers(data):
        left -= len(header)
        if left < 0:
            raise RpmDatabaseError("has packages that lie upon each other")
        said = _package(header)
        if not said.startswith(f"{_KEY} "):
            yield said


def _headers(data: bytes) -> Iterator[bytes]:
    if data.startswith(_SQLITE):
        return _of_sqlite(data)
    if data.startswith(_NDB):
        return _of_ndb(data)
    for order in "<>":
        if data[12:16] == struct.pack(f"{order}I", _HASH):
            return _of_hash(data, order)
    raise RpmDatabaseError("is in no format that rpm has had")


def _package(header: bytes) -> str:
    """What one header says of its package."""
    count, size = struct.unpack_from(">II", header.ljust(8, b"\0"))
    start = 8 + 16 * count
    said: dict[int, str] = {}
    if start + size > len(header):
        raise RpmDatabaseError("breaks off in the middle of a package")
    for tag, _, place, _ in struct.iter_unpack(">IIII", header[8:start]):
        if tag == _EPOCH:
            said[tag] = str(int.from_bytes(header[start + place : start + place + 4], "big"))
        elif tag in _WANTED:
            text = header[start + place : start + place + _LONGEST].partition(b"\0")[0]
            said[tag] = plain(text.decode("utf-8", "replace"))
    if not said.get(_NAME):
        raise RpmDatabaseError("has a package without a name")
    epoch = f"{said[_EPOCH]}:" if said.get(_EPOCH, "0") != "0" else ""
    return f"{said[_NAME]} {epoch}{said.get(_VERSION, '')}-{said.get(_RELEASE, '')}".rstrip("-")


def _of_sqlite(data: bytes) -> Iterator[bytes]:
    import sqlite3

    # In memory there is no log beside it (bytes 18 and 19: 2 stands for one).
    text = data[:18] + b"\1\1" + data[20:]
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(text)
        connection.execute("PRAGMA trusted_schema = OFF")
        # It may say that a table is a question without an end.
        connection.set_progress_handler(lambda: 1, _STEPS)
        kinds = connection.execute("SELECT type FROM sqlite_schema WHERE name = 'Packages'")
        if kinds.fetchall() != [("table",)]:
            raise RpmDatabaseError("has no table of packages")
        for (blob,) in connection.execute("SELECT blob FROM Packages"):
            yield blob if isinstance(blob, bytes) else b""
    except sqlite3.Error as error:
        raise RpmDatabaseError(f"cannot be read ({error})") from None
    finally:
        connection.close()


def _of_ndb(data: bytes) -> Iterator[bytes]:
    """Slots of 16 bytes, behind a head as long as two of them, say in which blocks packages are."""
    pages = struct.unpack_from("<I", data.ljust(16, b"\0"), 12)[0]
    slots = data[32 : pages * 4096]
    for magic, number, block, _ in struct.iter_unpack("<4sIII", slots[: len(slots) // 16 * 16]):
        if magic != b"Slot":
            raise RpmDatabaseError("has a slot that is none")
        if number:
            start = block * 16
            head = data[start : start + 16].ljust(16, b"\0")
            if not head.startswith(b"BlbS"):
                raise RpmDatabaseError("has a package where none is")
            yield data[start + 16 : start + 16 + struct.unpack_from("<I", head, 12)[0]]


_META, _UNSORTED, _SORTED, _OVERFLOW = 8, 2, 13, 7
_APART = 3  # a value that is on pages of its own: so is every header of a package
_HEAD = 26  # of a page


def _of_hash(data: bytes, order: str) -> Iterator[bytes]:
    size = struct.unpack_from(f"{order}I", data.ljust(24, b"\0"), 20)[0]
    if not 512 <= size <= 65536 or size & (size - 1) or len(data) < size or data[25] != _META:  # noqa: PLR2004
        raise RpmDatabaseError("has no pages")
    for start in range(size, len(data) - size + 1, size):
        count, kind = struct.unpack_from(f"{order}H", data, start + 20)[0], data[start + 25]
        if kind not in (_UNSORTED, _SORTED):
            continue
        count = min(count, (size - _HEAD) // 2)
        places = struct.unpack_from(f"{order}{count}H", data, start + _HEAD)
        for place in places[1::2]:
            value = data[start + place : start + place + 12]
            if value[:1] == bytes((_APART,)) and len(value) == 12:  # noqa: PLR2004
                page, length = struct.unpack_from(f"{order}II", value, 4)
                yield b"".join(_apart(data, order, (size, page, length)))


def _apart(data: bytes, order: str, where: tuple[int, int, int]) -> Iterator[bytes]:
    """What is on a chain of pages, so many bytes."""
    size, page, length = where
    if length > len(data):
        raise RpmDatabaseError("has a package that is larger than all of it")
    while length > 0:
        start = page * size
        head = data[start : start + _HEAD].ljust(_HEAD, b"\0")
        if head[25] != _OVERFLOW:
            raise RpmDatabaseError("breaks off in the middle of a package")
        piece = data[start + _HEAD : start + size][:length]
        length -= len(piece)
        page = struct.unpack_from(f"{order}I", head, 16)[0]
        yield piece
