from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.tools.trivydb import advised
from imagelint.testing.database import PAGE, bolt, write_database

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, data: bytes) -> str:
    (folder / "db").mkdir(exist_ok=True)
    (folder / "db" / "trivy.db").write_bytes(data)
    return str(folder)


def test_the_buckets_are_told(tmp_path: Path) -> None:
    write_database(tmp_path)
    assert advised(str(tmp_path)) == (
        "alpine 3.22",
        "data-source",
        "debian 12",
        "pip::GitHub Security Advisory Pip",
        "rocky 9",
        "vulnerability",
    )


def test_buckets_with_nothing_in_them_are_none(tmp_path: Path) -> None:
    write_database(tmp_path, tree={"alpine 3.22": {}, "x": {"y": b"1"}, "z": b"no bucket"})
    assert advised(str(tmp_path)) == ("x",)
    write_database(tmp_path, tree={})
    assert advised(str(tmp_path)) == ()


def test_branches_lead_to_leaves_and_small_buckets_lie_within(tmp_path: Path) -> None:
    """The root as a branch over a leaf, whose only bucket is written where it is named."""
    data = bytearray(bolt({"x": {"y": b"1"}}))
    inline = struct.pack("<QQ", 0, 0) + struct.pack("<QHHI", 0, 2, 1, 0)
    leaf = struct.pack("<QHHI", 5, 2, 1, 0) + struct.pack("<IIII", 1, 16, 1, len(inline))
    leaf += b"i" + inline
    branch = struct.pack("<QHHI", 4, 1, 1, 0) + struct.pack("<IIQ", 16, 1, 5) + b"i"
    root = struct.unpack_from("<Q", data, PAGE + 16 + 16)[0]
    data[root * PAGE : (root + 1) * PAGE] = branch.ljust(PAGE, b"\0")
    data += b"\0" * (6 * PAGE - len(data))
    data[5 * PAGE : 6 * PAGE] = leaf.ljust(PAGE, b"\0")
    assert advised(write(tmp_path, bytes(data))) == ("i",)


@pytest.mark.parametrize("size", [0, 10, 100, PAGE, PAGE + 100, 3 * PAGE, 3 * PAGE + 8])
def test_what_is_no_database_is_none(tmp_path: Path, size: int) -> None:
    write_database(tmp_path)
    data = (tmp_path / "db" / "trivy.db").read_bytes()
    assert advised(write(tmp_path, data[:size])) is None
    assert advised(write(tmp_path, b"x" * size)) is None


def test_a_circle_of_pages_ends(tmp_path: Path) -> None:
    data = bytearray(bolt({"x": {"y": b"1"}}))
    root = struct.unpack_from("<Q", data, PAGE + 16 + 16)[0]
    branch = struct.pack("<QHHI", root, 1, 1, 0) + struct.pack("<IIQ", 16, 1, root) + b"i"
    data[root * PAGE : root * PAGE + len(branch)] = branch
    assert advised(write(tmp_path, bytes(data))) is None


def test_no_database_is_none(tmp_path: Path) -> None:
    assert advised(str(tmp_path)) is None
