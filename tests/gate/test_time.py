"""What takes its time, or breaks on the way: the answer comes in time, with the right reason."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.database import write_database
from imagelint.testing.images import Image, Layout, alpine, python_package
from tests.gate.attack import Ended, Outcome, Said, attack
from tools.lab.proxy import Proxy, Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.gate.conftest import Yard

TITLE = "What takes its time, or breaks"
DRIP = Reply(200, b"x" * 600, drip=1.0)
SECONDS = 4
PATIENCE = 60  # on a machine with a bad day; the drip alone would take ten minutes


def _gate(yard: Yard, command: str, decide: Callable[[str], Reply | None]) -> Ended:
    """The verdict about a signed image through a registry that misbehaves."""
    system = alpine(("openssl", "3.1.9-r0"))
    reference = yard.signed("slow", Image((system, python_package("torch", "2.6.0"))))
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache)) if command == "gate" else ()
    with Proxy(yard.lab.host, decide) as proxy:
        image = reference.replace(yard.lab.host, proxy.host)
        began = time.monotonic()
        answer = yard.ours(command, image, *key, *scan, "--timeout", str(SECONDS))
        assert time.monotonic() - began < PATIENCE
    return answer


def _after(count: int, part: str) -> Callable[[str], Reply | None]:
    """Drip from the second, third … question on whose path has that part."""
    seen: list[str] = []

    def decide(path: str) -> Reply | None:
        seen.extend([path] if part in path else [])
        return DRIP if part in path and len(seen) > count else None

    return decide


@attack(
    "A registry answers byte by byte",
    ours=Said("gate --timeout", 3, f"the {SECONDS} seconds of this run are over", "incomplete"),
)
def test_a_registry_that_drips_is_not_waited_for(yard: Yard) -> Outcome:
    return Outcome(_gate(yard, "gate", _after(0, "/v2/")))


@attack(
    "It does so once signatures are looked for",
    ours=Said("verify --timeout", 3, "problem[timed-out]", "incomplete: no answer in time"),
)
def test_the_look_for_signatures_is_not_waited_for(yard: Yard) -> Outcome:
    return Outcome(_gate(yard, "verify", _after(0, "/manifests/sha256-")))


@pytest.mark.parametrize(("count", "part"), [(1, "/blobs/"), (2, "/blobs/"), (1, "/manifests/")])
def test_nothing_is_waited_for(yard: Yard, count: int, part: str) -> None:
    answer = _gate(yard, "gate", _after(count, part))
    assert answer.code == 3, answer.text
    assert "public key" not in answer.text.partition("(")[0]
    assert "unsigned-image" not in answer.text


@pytest.mark.parametrize("command", ["scan", "image", "pin", "verify"])
def test_no_command_waits_longer_than_it_is_told(yard: Yard, here: Path, command: str) -> None:
    reference = yard.lab.push("unsigned")
    with Proxy(yard.lab.host, _after(0, "/v2/")) as proxy:
        image = reference.replace(yard.lab.host, proxy.host)
        (here / "Dockerfile").write_text(f"FROM {image.partition('@')[0]}:v1\n")
        words = {
            "scan": (image, "--offline", "--trivy-cache", str(yard.lab.cache)),
            "image": (image,),
            "pin": ("Dockerfile",),
            "verify": ("--bases", ".", "--key", str(yard.lab.keys / "build.pub")),
        }[command]
        began = time.monotonic()
        answer = yard.ours(command, *words, "--timeout", "2")
        assert time.monotonic() - began < PATIENCE
    assert answer.code == 3, answer.text
    assert any(part in answer.text for part in ("seconds of this run are over", "in time")), (
        answer.text
    )


def _scan(yard: Yard, image: str, cache: Path) -> Ended:
    return yard.ours("scan", image, "--offline", "--trivy-cache", str(cache))


@attack(
    "The vulnerability database is broken",
    ours=Said("scan", 3, "the vulnerability database cannot be read", "incomplete"),
)
def test_a_broken_database_is_said_to_be_broken(yard: Yard) -> Outcome:
    cache = yard.folder / "broken"
    write_database(cache, age_hours=1)
    (cache / "db" / "trivy.db").write_bytes(b"x" * 40_000)
    return Outcome(_scan(yard, yard.lab.push("unsigned"), cache))


@attack(
    "A layer of a layout was cut",
    ours=Said("scan", 3, "bytes, not", "incomplete: it has other bytes than its manifest says"),
)
def test_a_cut_layer_of_a_layout_is_said_to_be_cut(yard: Yard) -> Outcome:
    made = Layout(yard.folder / "cut")
    made.add(Image((alpine(("openssl", "3.1.9-r0")),)))
    for path in (made.folder / "blobs" / "sha256").iterdir():
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            path.write_bytes(data[:-20])
    return Outcome(_scan(yard, f"oci:{made.folder}", yard.lab.cache))


@attack(
    "A layer in a registry is cut on the way",
    ours=Said("scan", 3, "the registry's answer was cut", "incomplete"),
)
def test_a_cut_layer_of_a_registry_is_said_to_be_cut(yard: Yard) -> Outcome:
    reference = yard.lab.push("to-cut", Image((alpine(("openssl", "3.1.9-r0")), {"cut": "x" * 99})))
    seen: list[str] = []

    def decide(path: str) -> Reply | None:
        seen.extend([path] if "/blobs/" in path else [])
        return Reply(200, b"\x1f\x8b" * 50, cut=20) if len(seen) > 2 else None

    with Proxy(yard.lab.host, decide) as proxy:
        return Outcome(_scan(yard, reference.replace(yard.lab.host, proxy.host), yard.lab.cache))
