"""Databases of rpm, in the formats that it has had: the same input, the same bytes.

What a package is, its header says: https://rpm-software-management.github.io/rpm/manual/format_header.html.
"""

from __future__ import annotations

import itertools
import sqlite3
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACES = {
    "sqlite": "var/lib/rpm/rpmdb.sqlite",
    "bdb": "var/lib/rpm/Packages",
    "ndb": "usr/lib/sysimage/rpm/Packages.db",
}
"""Where a database of each format lies."""

VENDOR = "Rocky Enterprise Software Foundation"
"""Who made the packages: scanners have no advisories for those of others."""

_PAGE, _HEAD = 4096, 26
_STRING, _NUMBER = 6, 4
_TAGS = {
    "name": 1000,
    "version": 1001,
    "release": 1002,
    "vendor": 1011,
    "arch": 1022,
    "source": 1044,
}
_EPOCH = 1003


def rocky(*packages: tuple[str, str], form: str = "sqlite") -> dict[str, str | bytes]:
    """A Rocky Linux 9 with installed packages, as name and `[epoch:]version-release`."""
    return {
        "etc/os-release": 'ID="rocky"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4"\n',
        "etc/rocky-release": "Rocky Linux release 9.4 (Blue Onyx)\n",
        PLACES[form]: rpm_database(packages, form),
    }


def rpm_database(packages: Iterable[tuple[str, str]], form: str = "sqlite") -> bytes:
    """A database with packages, as name and `[epoch:]version-release`.

    `form` is `sqlite`, `ndb` (SUSE), or `bdb` (up to Red Hat 8).
    """
    headers = [rpm_header(name, version) for name, version in packages]
    return {"sqlite": _sqlite, "ndb": _ndb, "bdb": _bdb}[form](headers)


def rpm_header(name: str, version: str) -> bytes:
    """The header of a package, as databases hold it."""
    epoch, colon, rest = version.rpartition(":")
    number, _, release = rest.partition("-")
    said = {
        "name": name,
        "version": number,
        "release": release,
        "vendor": VENDOR,
        "arch": "x86_64",
        "source": f"{name}-{rest}.src.rpm",
    }
    fields = [(_TAGS[tag], _STRING, text.encode() + b"\0") for tag, text in said.items()]
    if colon:
        fields.append((_EPOCH, _NUMBER, struct.pack(">I", int(epoch))))
    # Numbers first: they stand at places that four divides.
    places = itertools.accumulate((len(value) for *_, value in reversed(fields)), initial=0)
    entries = zip(reversed(fields), places, strict=False)
    index = b"".join(struct.pack(">IIII", tag, kind, place, 1) for (tag, kind, _), place in entries)
    data = b"".join(value for *_, value in reversed(fields))
    return struct.pack(">II", len(fields), len(data)) + index + data


def _sqlite(headers: list[bytes]) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
    connection.executemany("INSERT INTO Packages (blob) VALUES (?)", ((one,) for one in headers))
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data[:18] + b"\2\2" + data[20:]  # rpm keeps a log beside it


def _ndb(headers: list[bytes]) -> bytes:
    slots = struct.pack("<4sIII", b"RpmP", 0, 1, 1) + bytes(16)
    blobs = b""
    for number, header in enumerate(headers, 1):
        blob = struct.pack("<4sIII", b"BlbS", number, 0, len(header)) + header
        blob += bytes(-len(blob) % 16)
        block = (_PAGE + len(blobs)) // 16
        slots += struct.pack("<4sIII", b"Slot", number, block, len(blob) // 16)
        blobs += blob
    empty = struct.pack("<4sIII", b"Slot", 0, 0, 0)
    return slots + empty * ((_PAGE - len(slots)) // 16) + blobs


def _bdb(headers: list[bytes]) -> bytes:
    """One page of keys, and for each header pages of its own."""
    keys: list[bytes] = []
    pages: list[bytes] = []
    for number, header in enumerate(headers, 1):
        keys += [b"\1" + struct.pack("<I", number)]
        keys += [b"\3\0\0\0" + struct.pack("<II", 2 + len(pages), len(header))]
        pieces = [header[at : at + _PAGE - _HEAD] for at in range(0, len(header), _PAGE - _HEAD)]
        for at, piece in enumerate(pieces, 1):
            page = 2 + len(pages)
            following = page + 1 if at < len(pieces) else 0
            pages.append(_page(page, (7, following, len(piece)), piece, 1))
    places = list(itertools.accumulate((-len(key) for key in keys), initial=_PAGE))[1:]
    index = struct.pack(f"<{len(places)}H", *places)
    body = (index + bytes(places[-1] - _HEAD - len(index) if places else 0)).ljust(1, b"\0")
    table = _page(
        1, (13, 0, places[-1] if places else _PAGE), body + b"".join(reversed(keys)), len(keys)
    )
    meta = struct.pack("<8x4I4B", *(0, 0x061561, 10, _PAGE), *(0, 8, 0, 0))
    meta += struct.pack("<5I", *(0, 1 + len(pages), 0, len(headers), len(headers)))
    return meta.ljust(_PAGE, b"\0") + table + b"".join(pages)


def _page(number: int, said: tuple[int, int, int], body: bytes, count: int) -> bytes:
    kind, following, free = said
    head = struct.pack("<8x3I2H2B", *(number, 0, following), *(count, free), *(0, kind))
    return (head + body)[:_PAGE].ljust(_PAGE, b"\0")
