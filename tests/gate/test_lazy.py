"""Layers whose files engines fetch one by one: the index tells what the archive tells."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from imagelint.documents.image.manifest import CHUNKED, CHUNKED_PLACE, STARGZ
from imagelint.testing.archives import Tar
from imagelint.testing.images import Image, Layout, alpine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.gate.conftest import Yard

BIG = b"x" * (4 * 1024 * 1024) + b"y" * 10
FILES = {"app/run": b"#!/bin/sh\n", "app/weights": BIG, "app/.wh.old": b""}
BODY = "the index by which engines fetch single files tells otherwise of"


def named(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def archive(last: tuple[str, bytes] | None = None) -> bytes:
    tar = Tar().entry("app", tarfile.DIRTYPE, mode=0o755)
    for name, data in FILES.items():
        tar.file(name, data)
    tar.entry("app/link", tarfile.SYMTYPE, "run", mode=0o777)
    tar.entry("app/same", tarfile.LNKTYPE, "app/run", mode=0o644, uid=7)
    attributes = {"SCHILY.xattr.user.mark": "1"}
    tar.entry("app/marked", tarfile.REGTYPE, pax_headers=attributes)
    if last:
        tar.file(*last)
    return tar.bytes()


def entries(*, chunked: bool) -> list[dict[str, Any]]:
    """What an honest converter writes."""
    found: list[dict[str, Any]] = [{"name": "app/", "type": "dir", "mode": 0o40755}]
    for name, data in FILES.items():
        one = {"name": name, "type": "reg", "mode": 0o644, "offset": 9}
        one |= {"size": len(data), "digest": named(data)} if data else {}
        if data:
            one["chunkDigest"] = named(data[: 4 * 1024 * 1024])
        found.append(one)
        if len(data) > 4 * 1024 * 1024 and not chunked:
            one["chunkSize"] = at = 4 * 1024 * 1024
            rest = {"chunkOffset": at, "chunkDigest": named(data[at:])}
            found.append({"name": name, "type": "chunk", "offset": 99, **rest})
    found.append({"name": "app/link", "type": "symlink", "linkName": "run", "mode": 0o777})
    hard = {"type": "hardlink", "linkName": "app/run", "mode": 0o644, "uid": 7}
    found.append({"name": "app/same", **hard})
    mark = {"user.mark": base64.b64encode(b"1").decode()}
    found.append({"name": "app/marked", "type": "reg", "mode": 0o644, "xattrs": mark})
    return found


def stargz(index: bytes) -> tuple[bytes, bytes, dict[str, str]]:
    whole = archive(("stargz.index.json", index))
    return whole, gzip.compress(whole, mtime=0), {STARGZ: named(index)}


def zstd(index: bytes) -> tuple[bytes, bytes, dict[str, str]]:
    whole, packed = archive(), zstandard.ZstdCompressor().compress(index)
    data = zstandard.ZstdCompressor().compress(whole)
    frame = b"\x50\x2a\x4d\x18" + len(packed).to_bytes(4, "little") + packed
    place = f"{len(data) + 8}:{len(packed)}:{len(index)}:1"
    return whole, data + frame, {CHUNKED: named(packed), CHUNKED_PLACE: place}


def layout(here: Path, whole: bytes, packed: bytes, said: dict[str, str]) -> str:
    """An image whose second layer is this one."""
    Layout(here / "image").add(Image((alpine(("openssl", "3.1.9-r0")), {"a": "b"})))
    blobs = here / "image" / "blobs" / "sha256"

    def write(data: bytes) -> dict[str, Any]:
        (blobs / named(data)[7:]).write_bytes(data)
        return {"digest": named(data), "size": len(data)}

    index = json.loads((here / "image" / "index.json").read_text())
    entry = index["manifests"][0]
    manifest = json.loads((blobs / entry["digest"][7:]).read_text())
    config = json.loads((blobs / manifest["config"]["digest"][7:]).read_text())
    kind = "zstd" if CHUNKED in said else "gzip"
    media = f"application/vnd.oci.image.layer.v1.tar+{kind}"
    manifest["layers"][1] = {"mediaType": media, **write(packed), "annotations": said}
    config["rootfs"]["diff_ids"][1] = named(whole)
    manifest["config"] |= write(json.dumps(config).encode())
    entry |= write(json.dumps(manifest).encode())
    (here / "image" / "index.json").write_text(json.dumps(index))
    return f"oci:{here / 'image'}"


def judged(yard: Yard, image: str) -> str:
    policy = yard.folder / "policy.yaml"
    policy.write_text("rules: {odd-layer-entry: high}\n")
    ended = yard.ours("image", image, "--policy", str(policy), "--format", "json")
    report = json.loads(ended.text)
    assert ended.code == (1 if report["findings"] else 3 if report["problems"] else 0)
    told = [*(one["message"] for one in report["findings"])]
    return " / ".join((*told, *(one["detail"] for one in report["problems"])))


def changed(name: str, **fields: Any) -> Callable[[list[dict[str, Any]]], object]:
    return lambda found: [one.update(fields) for one in found if one["name"] == name]


def without(name: str) -> Callable[[list[dict[str, Any]]], object]:
    def take(found: list[dict[str, Any]]) -> None:
        found[:] = [one for one in found if one["name"] != name]

    return take


ATTACKS: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "a file more": (lambda found: found.append({"name": "app/x", "type": "reg"}), "of: app/x"),
    "a file less": (without("app/run"), "of: app/run"),
    "other content": (
        changed("app/run", chunkDigest=named(b"evil"), digest=named(b"evil")),
        "of: app/run",
    ),
    "setuid": (changed("app/run", mode=0o4644), "of: app/run"),
    "another owner": (changed("app/same", uid=0), "of: app/same"),
    "another end of a link": (changed("app/link", linkName="/etc/x"), "of: app/link"),
    "another end of a hard link": (changed("app/same", linkName="app/weights"), "of: app/same"),
    "another kind": (changed("app/run", type="symlink"), "of: app/run"),
    "an attribute less": (changed("app/marked", xattrs={}), "of: app/marked"),
    "a whiteout less": (without("app/.wh.old"), "of: app/.wh.old"),
    "open folder": (changed("app/", mode=0o777), "of: app"),
    "a size": (changed("app/.wh.old", size=3), "of: app/.wh.old"),
    "capitals": (changed("app/link", UID=1000), "readers understand differently"),
    "twice": (lambda found: found.append(dict(found[1])), "of: app/run"),
}


@pytest.mark.parametrize("pack", [stargz, zstd])
def test_an_honest_index_is_fine(
    yard: Yard, here: Path, pack: Callable[[bytes], tuple[bytes, bytes, dict[str, str]]]
) -> None:
    said = {"version": 1, "entries": entries(chunked=pack is zstd)}
    assert judged(yard, layout(here, *pack(json.dumps(said).encode()))) == ""


@pytest.mark.parametrize("pack", [stargz, zstd])
@pytest.mark.parametrize("name", ATTACKS)
def test_an_index_that_tells_otherwise_is_told(
    yard: Yard, here: Path, name: str, pack: Callable[[bytes], tuple[bytes, bytes, dict[str, str]]]
) -> None:
    change, part = ATTACKS[name]
    found = entries(chunked=pack is zstd)
    change(found)
    index = json.dumps({"version": 1, "entries": found}).encode()
    told = judged(yard, layout(here, *pack(index)))
    assert part in told
    assert told.count("app/") <= 1


def test_the_second_piece_of_a_file_counts(yard: Yard, here: Path) -> None:
    found = entries(chunked=False)
    (piece,) = (one for one in found if one["type"] == "chunk")
    piece["chunkDigest"] = named(b"evil")
    index = json.dumps({"version": 1, "entries": found}).encode()
    assert f"{BODY}: app/weights" in judged(yard, layout(here, *stargz(index)))


ODD: dict[str, tuple[Callable[[list[Any]], list[Any]], str]] = {
    "in other pieces": (lambda _found: entries(chunked=True), "pieces of files are none"),
    "no object": (lambda _found: [1], "an entry that is none"),
    "no beginning": (lambda found: [found[3], *found], "that is not before it"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_index_that_cannot_be_compared_leaves_the_verdict_incomplete(
    yard: Yard, here: Path, name: str
) -> None:
    change, part = ODD[name]
    found = change(entries(chunked=False))
    index = json.dumps({"version": 1, "entries": found}).encode()
    assert part in judged(yard, layout(here, *stargz(index)))


@pytest.mark.parametrize(
    ("index", "part"),
    [
        (b"{", "cannot be read"),
        (b"[]", "cannot be read"),
        (b'{"entries": [], "Entries": [{"name": "x"}]}', "readers understand differently"),
        (b'{"a": {"entries": []}, "b": 1}', "cannot be read"),
        (b'{"a": {"entries": []}, "entries": []}', "cannot be read"),
        (b'{"entries": [], "Version": 2}', "readers understand differently"),
        (b'{"entries": [' + b"[" * 100_000, "cannot be read"),
    ],
)
def test_an_index_that_is_none_leaves_the_verdict_incomplete(
    yard: Yard, here: Path, index: bytes, part: str
) -> None:
    assert part in judged(yard, layout(here, *stargz(index)))


def test_an_index_is_the_one_that_the_manifest_names(yard: Yard, here: Path) -> None:
    index = json.dumps({"version": 1, "entries": entries(chunked=False)}).encode()
    whole, packed, _ = stargz(index)
    image = layout(here, whole, packed, {STARGZ: named(b"another")})
    assert f"{BODY}: another index than the manifest names" in judged(yard, image)


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("", "of no place"),
        ("1:x:2:1", "of no place"),
        ("0:99999999999:1:1", "more than is read"),
        ("999999999:10:10:1", "behind its end"),
        ("0:10:10:1", "another index"),
    ],
)
def test_an_index_lies_where_the_manifest_says(
    yard: Yard, here: Path, place: str, part: str
) -> None:
    index = json.dumps({"version": 1, "entries": entries(chunked=True)}).encode()
    whole, packed, said = zstd(index)
    assert part in judged(yard, layout(here, whole, packed, {**said, CHUNKED_PLACE: place}))


def test_an_index_that_lies_elsewhere_was_not_read(yard: Yard, here: Path) -> None:
    whole = archive()
    image = layout(here, whole, gzip.compress(whole, mtime=0), {STARGZ: named(b"elsewhere")})
    assert "and it is not in it" in judged(yard, image)
