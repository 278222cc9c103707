"""A registry that leads astray: to other hosts, to other content, in other forms."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from tools.lab.proxy import Proxy, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.gate.attack import Ended
    from tests.gate.conftest import Yard

TAG, LIST = "/manifests/v1", "/referrers/"
INDEX = ("Content-Type", "application/vnd.oci.image.index.v1+json")
MANIFEST = ("Content-Type", "application/vnd.oci.image.manifest.v1+json")
NOBODY = "127.0.0.1:9"


def _verify(yard: Yard, decide: Callable[[str], Reply | None]) -> Ended:
    repository = yard.signed("astray").partition("@")[0]
    key = str(yard.lab.keys / "build.pub")
    with Proxy(yard.lab.host, decide) as proxy:
        image = f"{repository.replace(yard.lab.host, proxy.host)}:v1"
        return yard.ours("verify", image, "--key", key, "--no-transparency-log", "--timeout", "30")


def _login(realm: str) -> Reply:
    return Reply(401, b"", (("WWW-Authenticate", f'Bearer realm="{realm}",service="x"'),))


def _json(value: object, *headers: tuple[str, str]) -> Reply:
    return Reply(200, json.dumps(value).encode(), headers)


ASTRAY: dict[str, tuple[str, Reply]] = {
    "a login at a file": ("/v2/team", _login("file:///etc/passwd")),
    "a login over another protocol": ("/v2/team", _login("ftp://127.0.0.1/")),
    "a login at the address of a cloud": ("/v2/team", _login("http://169.254.169.254/latest/")),
    "a login where nobody is": ("/v2/team", _login(f"http://{NOBODY}/")),
    "a login at no address": ("/v2/team", _login("")),
    "a challenge of 60 KB": (
        "/v2/team",
        Reply(401, b"", (("WWW-Authenticate", "Bearer " + "a" * 60_000),)),
    ),
    "a header of 100 KB": (TAG, Reply(200, b"{}", (("X", "a" * 100_000),))),
    "300 headers": (TAG, Reply(200, b"{}", tuple((f"X-{at}", "a") for at in range(300)))),
    "another host for the image": (TAG, Reply(302, b"", (("Location", f"http://{NOBODY}/x"),))),
    "no address to go to": (TAG, Reply(302)),
    "a bomb": (TAG, Reply(200, gzip.compress(b" " * 9_000_000), (("Content-Encoding", "gzip"),))),
    "an index that is called a manifest": (TAG, _json({"manifests": []}, MANIFEST)),
    "a manifest of the first schema": (
        TAG,
        _json({"schemaVersion": 1, "fsLayers": [{"blobSum": "sha256:" + "1" * 64}]}),
    ),
    "an image that is both": (TAG, _json({"manifests": [], "layers": [], "config": {"a": 1}})),
    "a number": (TAG, _json(1)),
    "nothing at all, which is fine": (TAG, Reply(204)),
    "a part": (TAG, Reply(206, b"{}")),
    "a thing that is gone": (TAG, Reply(410)),
    "no list of referrers": (LIST, Reply(500)),
    "a list that is a page": (LIST, Reply(200, b"<html>", (INDEX,))),
    "a list of no digests": (LIST, _json({"manifests": [{"digest": "sha256:../../x"}]}, INDEX)),
    "a list without end": (
        LIST,
        Reply(200, b'{"manifests": []}', (INDEX, ("Link", f'<http://{NOBODY}/?n=1>; rel="next"'))),
    ),
    "a list of a thousand": (
        LIST,
        _json({"manifests": [{"digest": f"sha256:{at:064x}"} for at in range(1_000)]}, INDEX),
    ),
}


@pytest.mark.parametrize("what", ASTRAY)
def test_nobody_is_led_astray(yard: Yard, what: str) -> None:
    """Whoever asks a registry for a signed image, and gets …"""
    place, reply = ASTRAY[what]
    answer = _verify(yard, lambda path: reply if place in path else None)
    assert answer.code == 3 or (place == LIST and answer.code == 0), answer.text
    assert "unsigned-image" not in answer.text
    assert "root:" not in answer.text


def test_a_tag_that_moves_is_read_once(yard: Yard) -> None:
    """What is verified is what was resolved: the tag is asked for no second time."""
    asked: list[str] = []

    def decide(path: str) -> Reply | None:
        asked.extend([path] if TAG in path else [])
        return Reply(404) if len(asked) > 1 and TAG in path else None

    assert _verify(yard, decide).code == 0
    assert len(asked) == 3  # what engines are given is asked for as well


def test_the_digest_in_a_header_is_not_believed(yard: Yard) -> None:
    lie = Reply(
        200,
        b'{"layers": [], "config": {"digest": "x"}}',
        (
            MANIFEST,
            ("Docker-Content-Digest", yard.signed("astray").partition("@")[2]),
        ),
    )
    answer = _verify(yard, lambda path: lie if TAG in path else None)
    assert answer.code == 3, answer.text
