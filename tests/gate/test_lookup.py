"""What the registry answers while signatures are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gate.attack import Outcome, Said, attack
from tools.lab.proxy import BROKEN, BUSY, Proxy, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.gate.conftest import Yard

TITLE = "What the registry answers"
UNSIGNED = Said("cosign verify", 10, "no signatures found", "not signed")


def _key(yard: Yard) -> str:
    return str(yard.lab.keys / "build.pub")


def _verify(yard: Yard, name: str, decide: Callable[[str], Reply | None]) -> Outcome:
    """A signed image, looked at through a registry that misbehaves."""
    reference = yard.signed(name)
    with Proxy(yard.lab.host, decide) as proxy:
        image = reference.replace(yard.lab.host, proxy.host)
        bare = yard.bare("cosign", "verify", "--insecure-ignore-tlog", f"--key={_key(yard)}", image)
        ours = yard.ours("verify", image, "--key", _key(yard), "--no-transparency-log")
    return Outcome(ours, bare)


@attack(
    "The registry is too busy to list what refers to an image (429)",
    bare=UNSIGNED,
    ours=Said("verify", 3, "too many requests", "incomplete: too many requests"),
)
def test_a_busy_registry_does_not_make_an_image_unsigned(yard: Yard) -> Outcome:
    return _verify(yard, "busy", lambda path: BUSY if "/referrers/" in path else None)


@attack(
    "The registry fails while it lists what refers to an image (503)",
    bare=UNSIGNED,
    ours=Said("verify", 3, "the registry gives no proper answer (503", "incomplete"),
)
def test_a_broken_registry_does_not_make_an_image_unsigned(yard: Yard) -> Outcome:
    return _verify(yard, "broken", lambda path: BROKEN if "/referrers/" in path else None)


@attack(
    "The list of what refers to an image is cut in the middle",
    bare=UNSIGNED,
    ours=Said("verify", 3, "the answer was cut", "incomplete: the answer was cut"),
)
def test_half_a_list_does_not_make_an_image_unsigned(yard: Yard) -> Outcome:
    kind = ("Content-Type", "application/vnd.oci.image.index.v1+json")
    half = Reply(200, b'{"manifests": []}', (kind,), cut=4)
    return _verify(yard, "half", lambda path: half if "/referrers/" in path else None)


@pytest.mark.parametrize("reply", [BUSY, BROKEN, Reply(500), Reply(403), Reply(200, b"<html>")])
@pytest.mark.parametrize("place", ["/referrers/", "/manifests/sha256-", "/blobs/", "manifest"])
def test_no_failure_anywhere_makes_an_image_unsigned(yard: Yard, place: str, reply: Reply) -> None:
    """Of the signature: its list, the tag instead of the list, its manifest, its bundle."""
    reference = yard.signed("any-failure")
    digest = reference.partition("@")[2]
    blobs: list[str] = []

    def decide(path: str) -> Reply | None:
        if place == "/blobs/" and "/blobs/" in path:
            blobs.append(path)
            return reply if len(blobs) > 1 else None  # the first is the image's configuration
        if place == "manifest":
            return reply if "/manifests/sha256:" in path and digest not in path else None
        return reply if place in path else None

    with Proxy(yard.lab.host, decide) as proxy:
        image = reference.replace(yard.lab.host, proxy.host)
        answer = yard.ours("verify", image, "--key", _key(yard), "--no-transparency-log")
    # docker-registry knows no listing: what lies under the tag is enough for a good answer.
    assert answer.code in ({0, 3} if place == "/referrers/" else {3}), answer.text


def test_what_is_not_there_is_unsigned(yard: Yard) -> None:
    reference = yard.lab.push("never-signed")
    answer = yard.ours("verify", reference, "--key", _key(yard), "--no-transparency-log")
    assert answer.code == 1
    assert "is not signed" in answer.text
