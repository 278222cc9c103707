"""What the registry answers while signatures are looked for."""

from __future__ import annotations

import json
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


def _led_to(place: str) -> Reply:
    return Reply(302, b"", (("Location", place),))


NOTHING = "sha256:" + "1" * 64
LISTED = {"digest": NOTHING, "size": 1, "mediaType": "application/vnd.oci.image.manifest.v1+json"}
INDEX = {"schemaVersion": 2, "manifests": [LISTED]}
KIND = ("Content-Type", "application/vnd.oci.image.index.v1+json")
ANSWERS = {
    "is led on in a circle": (
        *("/manifests/v1", _led_to("/v2/team/odd-answers/manifests/v1")),
        "the registry gives no proper answer (302",
    ),
    "is led to a file": ("/manifests/v1", _led_to("file:///etc/passwd"), "no proper answer (302"),
    "is led to another protocol": ("/manifests/v1", _led_to("ftp://127.0.0.1/"), "(302"),
    "gets a page of a portal": ("/manifests/v1", Reply(200, b"<html>"), "is not JSON"),
    "gets nothing": ("/manifests/v1", Reply(200, b""), "ends too early, after 0 characters"),
    "gets more than anybody reads": (
        *("/manifests/v1", Reply(200, b"{" + b" " * 17_000_000)),
        "more than 16,777,216 bytes",
    ),
    "gets something else": ("/blobs/", Reply(200, b"{}"), "the registry gave something else"),
    "gets a refusal for legal reasons": ("/manifests/v1", Reply(451), "(451"),
    "is told of what is not there": (
        *("/referrers/", Reply(200, json.dumps(INDEX).encode(), (KIND,))),
        f"the registry lists {NOTHING} with the image, and does not have it",
    ),
    "is asked for a login by nobody": (
        *("/v2/team", Reply(401, b"", (("WWW-Authenticate", "Negotiate"),))),
        "the registry refuses access (401)",
    ),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_odd_answer_is_none(yard: Yard, what: str) -> None:
    """Whoever asks the registry for a signed image …"""
    place, reply, words = ANSWERS[what]
    reference = yard.signed("odd-answers").partition("@")[0]
    with Proxy(yard.lab.host, lambda path: reply if place in path else None) as proxy:
        image = f"{reference.replace(yard.lab.host, proxy.host)}:v1"
        answer = yard.ours("verify", image, "--key", _key(yard), "--no-transparency-log")
    assert answer.code == 3, answer.text
    assert words in answer.text
