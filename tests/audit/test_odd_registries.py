"""Registries that answer in ways of their own: each image ends in one category, others go on."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from imagelint.audit.options import AuditOptions
from imagelint.collect.registry.polite import Limits
from imagelint.testing.registry import MEDIA, MemoryRegistry, Reply
from tests.audit.conftest import listed
from tests.audit.test_misbehaving import hurried

__all__ = ("hurried",)

if TYPE_CHECKING:
    from imagelint.testing.registry import Asked
    from tests.audit.conftest import Auditor

QUICK = AuditOptions(limits=Limits(attempts=2), seconds=5)
MANIFEST = {"Content-Type": f"{MEDIA}manifest.v1+json"}
DEEP = b"[" * 200_000


WAYS: dict[str, tuple[Reply, str]] = {
    "nothing to say": (Reply(204), "unreachable"),
    "an empty body": (Reply(200, b"", MANIFEST), "malformed"),
    "a part of it": (Reply(206, b'{"schemaVersion": 2}', MANIFEST), "unreachable"),
    "nested for ever": (Reply(200, DEEP, MANIFEST), "malformed"),
    "a page to log in": (Reply(200, b"<!doctype html><title>Log in</title>"), "malformed"),
    "a number": (Reply(200, b"17", MANIFEST), "malformed"),
    "null": (Reply(200, b"null", MANIFEST), "malformed"),
    "not modified": (Reply(304), "unreachable"),
    "choices": (Reply(300, b"{}"), "unreachable"),
    "teapot": (Reply(418, b"{}"), "unreachable"),
    "legal reasons": (Reply(451, b"{}"), "unauthorized"),
    "payment": (Reply(402, b"{}"), "unauthorized"),
    "method": (Reply(405, b"{}"), "unreachable"),
    "not acceptable": (Reply(406, b"{}"), "unreachable"),
    "gone for ever": (Reply(410, b"{}"), "gone"),
    "a gateway that waits": (Reply(504), "unreachable"),
    "bandwidth": (Reply(509), "unreachable"),
    "packed twice": (
        Reply(200, gzip.compress(b'{"a":1}'), {**MANIFEST, "Content-Encoding": "gzip, gzip"}),
        "malformed",
    ),
    "packed, it says": (Reply(200, b"{}", {**MANIFEST, "Content-Encoding": "br"}), "malformed"),
    "a bomb": (
        Reply(200, gzip.compress(b" " * 300_000_000), {**MANIFEST, "Content-Encoding": "gzip"}),
        "malformed",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_manifest(registry: MemoryRegistry, audit: Auditor, way: str) -> None:
    script, category = WAYS[way]
    registry.image("bad/app")
    registry.image("good/app")
    registry.script("/v2/bad/app/manifests", script)
    done = audit("-", stdin=listed(registry, "bad/app:v1", "good/app:v1"), options=QUICK)
    assert set(done.categories) == {"bad/app:v1", "good/app:v1"}
    assert done.categories["good/app:v1"] == "audited"
    assert done.categories["bad/app:v1"] == category


@pytest.mark.parametrize("status", [403, 404, 405])
def test_a_head_that_is_refused_is_no_answer(
    registry: MemoryRegistry, audit: Auditor, status: int
) -> None:
    registry.image("odd/app")
    registry.image("gone/app")
    names = listed(registry, "odd/app:v1", "gone/app:v1")
    audit("-", stdin=names, options=QUICK)
    registry.script("/v2/odd", lambda asked: Reply(status) if asked.method == "HEAD" else None)
    registry.script("/v2/gone", Reply(status if status != 405 else 404))
    done = audit("-", stdin=names, options=QUICK)
    assert done.categories["odd/app:v1"] == "audited"
    assert done.categories["gone/app:v1"] in ("gone", "unauthorized")


@pytest.mark.parametrize("said", ["", "garbage", f"sha256:{'g' * 64}"])
def test_a_head_that_tells_no_digest(registry: MemoryRegistry, audit: Auditor, said: str) -> None:
    registry.image("odd/app")
    audit("-", stdin=listed(registry, "odd/app:v1"), options=QUICK)
    answer = Reply(200, b"", {"Docker-Content-Digest": said} if said else {})
    registry.script("/v2/odd", lambda asked: answer if asked.method == "HEAD" else None)
    done = audit("-", stdin=listed(registry, "odd/app:v1"), options=QUICK)
    assert done.categories == {"odd/app:v1": "audited"}


@pytest.mark.parametrize(
    "said",
    [
        'Basic realm="x", Bearer realm="{realm}",service="s"',
        'bearer realm="{realm}", service="a, b"',
        'BEARER realm="{realm}"',
        'Negotiate, Bearer realm="{realm}"',
    ],
)
def test_challenges_in_ways_of_their_own(
    registry: MemoryRegistry, audit: Auditor, said: str
) -> None:
    registry.image("odd/app")
    challenge = {"WWW-Authenticate": said.format(realm=f"http://{registry.host}/token")}

    def guarded(asked: Asked) -> Reply | None:
        known = asked.headers.get("authorization") == "Bearer t"
        return None if known else Reply(401, b"", challenge)

    registry.script("/v2/", guarded)
    registry.script("/token", Reply(200, b'{"access_token": "t", "expires_in": 1}'))
    done = audit("-", stdin=listed(registry, "odd/app:v1"), options=QUICK)
    assert done.categories == {"odd/app:v1": "audited"}


def test_indexes_within_indexes(registry: MemoryRegistry, audit: Auditor) -> None:
    digest, platform = registry.image("odd/app"), {"os": "linux", "architecture": "amd64"}
    for at in range(12):
        data = registry.manifests["odd/app", digest]
        entry = {"mediaType": json.loads(data)["mediaType"], "digest": digest, "size": len(data)}
        value = {"schemaVersion": 2, "mediaType": f"{MEDIA}index.v1+json"}
        manifests = {"manifests": [{**entry, "platform": platform}]}
        digest = registry.manifest("odd/app", value | manifests, f"n{at}")
    names = [f"odd/app:n{at}" for at in range(12)]
    done = audit("-", stdin=listed(registry, *names), options=QUICK)
    assert {done.categories[name] for name in names[:2]} == {"audited"}
    assert {done.categories[name] for name in names[5:]} == {"malformed"}
    assert len(done.categories) == len(names)


@pytest.mark.parametrize(
    ("length", "category"),
    [
        *((said, "malformed") for said in ("5", "0", "-1", "1e9", "5, 6", "abc", "")),
        ("99999999999", "too-big"),
        ("{length}, {length}", "audited"),
    ],
)
def test_lengths_that_are_none(
    registry: MemoryRegistry, audit: Auditor, length: str, category: str
) -> None:
    registry.image("odd/app")
    data = registry.manifests["odd/app", "v1"]
    headers = {**MANIFEST, "Content-Length": length.format(length=len(data))}
    registry.script("/v2/odd/app/manifests", Reply(200, data, headers))
    done = audit("-", stdin=listed(registry, "odd/app:v1"), options=QUICK)
    assert done.categories == {"odd/app:v1": category}
