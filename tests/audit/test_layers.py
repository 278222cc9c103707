"""Layers are looked at once, whatever images have them, and however often they are judged."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING

import pytest
import zstandard
from sqlalchemy import select, update

from imagelint.audit.options import AuditOptions
from imagelint.store.models import FactRow
from imagelint.testing.archives import Tar
from imagelint.testing.registry import MEDIA, MemoryRegistry

if TYPE_CHECKING:
    from tests.audit.conftest import Auditor, Done

LAYERS = AuditOptions(depth="layers", seconds=20)


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def push(registry: MemoryRegistry, repository: str, *layers: bytes) -> None:
    """Keep an image of layers with something in them."""
    made = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"User": "10001"},
        "rootfs": {"type": "layers", "diff_ids": [digest(one) for one in layers]},
        "history": [{"created_by": "COPY . /"} for _ in layers],
    }
    media = f"{MEDIA}layer.v1.tar+gzip"
    value = {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA}manifest.v1+json",
        "config": registry.blob(json.dumps(made).encode(), f"{MEDIA}config.v1+json"),
        "layers": [registry.blob(gzip.compress(one, mtime=0), media) for one in layers],
    }
    registry.manifest(repository, value, "v1")


@pytest.fixture
def full(registry: MemoryRegistry) -> MemoryRegistry:
    """Six images upon one base, each with a layer of its own."""
    base = Tar().file("etc/shadow", b"root:$6$salt$hash:1::::::\nopen::1::::::\n")
    base.file("etc/passwd", b"root:x:0:0::/root:/bin/sh\nopen:x:1:1::/:/bin/sh\n")
    for number in range(6):
        own = Tar().file("root/.ssh/id_rsa", b"-----BEGIN OPENSSH PRIVATE KEY-----\n")
        own.file("number", str(number).encode())
        push(registry, f"team/app{number}", base.bytes(), own.bytes())
    return registry


def asked(registry: MemoryRegistry) -> list[str]:
    """The blobs that were asked for, but for configurations."""
    layers = {name for name, data in registry.blobs.items() if data[:2] == b"\x1f\x8b"}
    named = (one.path.rpartition("/")[2] for one in registry.log if "/blobs/" in one.path)
    return [name for name in named if name in layers]


def found(done: Done) -> list[tuple[str, str, str]]:
    return sorted(
        (name, one.rule, one.message)
        for name, result in done.results.items()
        for one in done.reader.findings(result.judgement)
    )


def test_a_layer_that_many_images_have_is_read_once(full: MemoryRegistry, audit: Auditor) -> None:
    done = audit(f"registry://{full.host}", options=LAYERS)
    assert done.overview.categories == {"audited": 6}
    assert len(asked(full)) == len(set(asked(full))) == 7
    assert "account-without-password" in {rule for _, rule, _ in found(done)}


def test_another_policy_judges_layers_that_are_known_without_reading_them(
    full: MemoryRegistry, audit: Auditor
) -> None:
    source = f"registry://{full.host}"
    audit(source, options=LAYERS)
    full.log.clear()
    audit.policies = ("strict",)
    again = audit(source, options=LAYERS)
    assert again.overview.categories == {"audited": 6}
    assert asked(full) == []
    audit.place += ".other"
    assert found(audit(source, options=LAYERS)) == found(again)
    assert len(asked(full)) == 7


def test_what_is_kept_of_layers_shows_no_secret(full: MemoryRegistry, audit: Auditor) -> None:
    done = audit(f"registry://{full.host}", options=LAYERS)
    with done.prepared.store.reading() as connection:
        kept = list(connection.scalars(select(FactRow.data).where(FactRow.kind == "layer")))
    said = b"".join(zstandard.ZstdDecompressor().decompress(one) for one in kept)
    assert len(kept) == 7
    assert b"id_rsa" in said
    assert not any(word in said for word in (b"salt", b"hash", b"PRIVATE"))


def test_layers_whose_record_is_damaged_are_read_again(
    full: MemoryRegistry, audit: Auditor
) -> None:
    source = f"registry://{full.host}"
    first = audit(source, options=LAYERS)
    with first.prepared.store.writing() as connection:
        layers = update(FactRow).where(FactRow.kind == "layer")
        connection.execute(layers.values(data=zstandard.compress(b"0\nnothing")))
    full.log.clear()
    audit.policies = ("strict",)
    assert audit(source, options=LAYERS).overview.categories == {"audited": 6}
    assert len(asked(full)) == 7
    full.log.clear()
    audit.policies = ("baseline",)
    audit(source, options=LAYERS)
    assert asked(full) == []
