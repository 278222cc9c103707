"""A small vulnerability database that Trivy reads: a bbolt file and its metadata.

The advisories are made up (CVE-2099-…): nobody takes them for real ones.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, TypeAlias

from imagelint.collect.environment import moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAGE = 4096
SCHEMA = 2
_DAY = 24 * 3600
_MAGIC, _VERSION = 0xED0CDAED, 2
_FREE_PAGE, _FIRST_FREE = 2, 3  # pages 0 and 1 hold the meta data, page 2 the list of free pages
_META, _FREE_LIST, _LEAF, _SUB_BUCKET = 0x04, 0x10, 0x02, 1

Bucket: TypeAlias = "Mapping[str, Bucket | bytes]"

PIP = "pip::GitHub Security Advisory Pip"
_ROCKY = "1:3.0.7-99.el9"
_ENTRY = {"FixedVersion": _ROCKY, "Arches": ["x86_64"]}


def advisories() -> Bucket:
    """Advisories for Alpine, Debian, Rocky Linux and Python, of every kind that we judge."""
    return {
        "data-source": {
            "alpine 3.22": _value(ID="alpine", Name="Alpine Secdb", URL="https://example.test/a"),
            "debian 12": _value(ID="debian", Name="Debian", URL="https://example.test/d"),
            "rocky 9": _value(ID="rocky", Name="Rocky Linux", URL="https://example.test/r"),
            PIP: _value(ID="ghsa", Name="GitHub Security Advisory Pip", URL="https://example.test"),
        },
        "alpine 3.22": {"openssl": {"CVE-2099-0001": _value(FixedVersion="3.1.9-r0")}},
        "debian 12": {
            "openssl": {"CVE-2099-0001": _value(FixedVersion="3.0.99-1")},
            "libcublas-12-4": {"CVE-2099-0005": _value(FixedVersion="99")},
        },
        "rocky 9": {"openssl": {"CVE-2099-0001": _value(FixedVersion=_ROCKY, Entries=[_ENTRY])}},
        PIP: {
            "vllm": {
                "CVE-2099-0002": _value(PatchedVersions=["0.9.0"], VulnerableVersions=["< 0.9.0"]),
                "CVE-2099-0004": _value(VulnerableVersions=["< 99"]),
            },
            "torch": {
                "CVE-2099-0003": _value(PatchedVersions=["2.5.1"], VulnerableVersions=["<= 2.5.0"])
            },
        },
        "vulnerability": {
            "CVE-2099-0001": _value(
                Title="openssl: made up",
                Severity="HIGH",
                VendorSeverity={"nvd": 3},
                CVSS={"nvd": {"V3Score": 7.5, "V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U"}},
            ),
            "CVE-2099-0002": _value(
                Title="vllm: made up \u001b[31mremote code execution",
                Severity="CRITICAL",
                VendorSeverity={"ghsa": 4},
                CweIDs=["CWE-502"],
            ),
            "CVE-2099-0003": _value(
                Title="torch: made up", Severity="LOW", VendorSeverity={"ghsa": 1}
            ),
            "CVE-2099-0004": _value(Title="vllm: made up, not rated, not fixed"),
            "CVE-2099-0005": _value(
                Title="cublas: made up", Severity="CRITICAL", VendorSeverity={"nvd": 4}
            ),
        },
    }


def _value(**members: object) -> bytes:
    return json.dumps(members).encode()


def write_database(cache: Path, *, age_hours: float = 0, tree: Bucket | None = None) -> None:
    """Write `cache/db/trivy.db` and `metadata.json`, as old as asked for."""
    folder = cache / "db"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trivy.db").write_bytes(bolt(advisories() if tree is None else tree))
    age = int(age_hours * 3600)
    metadata = {
        "Version": SCHEMA,
        "UpdatedAt": moment(-age),
        "NextUpdate": moment(_DAY - age),
        "DownloadedAt": moment(-age),
    }
    (folder / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")


def bolt(tree: Bucket) -> bytes:
    """A bbolt file: every bucket is one leaf page with as many overflow pages as it needs.

    https://github.com/etcd-io/bbolt/blob/main/internal/common/page.go, meta.go
    """
    pages: list[bytes] = []
    root = _leaf(tree, pages)
    used = _FIRST_FREE + sum(len(page) // PAGE for page in pages)
    head = [_meta(number, root, used) for number in (0, 1)]
    free = _padded(struct.pack("<QHHI", _FREE_PAGE, _FREE_LIST, 0, 0))
    return b"".join((*head, free, *pages))


def _leaf(tree: Bucket, pages: list[bytes]) -> int:
    """Append the page of a bucket, after those of its own buckets, and give its number."""
    items: list[tuple[bytes, int, bytes]] = []
    for key, value in tree.items():
        if isinstance(value, bytes):
            items.append((key.encode(), 0, value))
        else:
            items.append((key.encode(), _SUB_BUCKET, struct.pack("<QQ", _leaf(value, pages), 0)))
    items.sort()
    elements, body = b"", b""
    for at, (name, flags, content) in enumerate(items):
        position = 16 * (len(items) - at) + len(body)
        elements += struct.pack("<IIII", flags, position, len(name), len(content))
        body += name + content
    number = _FIRST_FREE + sum(len(page) // PAGE for page in pages)
    overflow = (16 + len(elements) + len(body) - 1) // PAGE
    pages.append(
        _padded(struct.pack("<QHHI", number, _LEAF, len(items), overflow) + elements + body)
    )
    return number


def _meta(number: int, root: int, used: int) -> bytes:
    meta = struct.pack("<IIIIQ", _MAGIC, _VERSION, PAGE, 0, root)
    meta += struct.pack("<QQQQ", 0, _FREE_PAGE, used, number)
    head = struct.pack("<QHHI", number, _META, 0, 0)
    return _padded(head + meta + struct.pack("<Q", _fnv1a(meta)))


def _fnv1a(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def _padded(page: bytes) -> bytes:
    return page.ljust(-(-len(page) // PAGE) * PAGE, b"\0")
