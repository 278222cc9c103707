"""What changes while the gate looks: tags, lists, indexes, layouts, archives, the policy."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from imagelint.testing.archives import docker_archive, oci_archive
from imagelint.testing.fixtures import image_layout, loopback_registry, signing_key
from imagelint.testing.images import Image, Layout, alpine, python_package
from imagelint.testing.registry import BUNDLE, MEDIA, Asked, MemoryRegistry, Reply
from tests.collect.conftest import need
from tests.gate.attack import Ended, Outcome, Said, attack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from imagelint.testing.fixtures import MakeKey, MakeLayout
    from tests.gate.conftest import Yard

__all__ = ("image_layout", "loopback_registry", "signing_key")  # fixtures

TITLE = "What changes during the run"
CLEAN = Image((alpine(), {"app": "clean"}))
VULNERABLE = Image((alpine(("openssl", "3.1.4-r0")), python_package("vllm", "0.8.5")))
_INDEX = f"{MEDIA}index.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
_MOST_SECONDS = 3  # beyond `--timeout`, on a busy machine; a tool's own end took 2 of them


class Place(NamedTuple):
    """A registry with a signed clean image, tagged `v1`, and a vulnerable one, by their digests."""

    registry: MemoryRegistry
    clean: str
    vulnerable: str
    key: str
    signature: str

    def reply(self, digest: str) -> Reply:
        """A manifest as the registry gives it."""
        data = self.registry.manifests["team/app", digest]
        headers = {"Content-Type": json.loads(data)["mediaType"], "Docker-Content-Digest": digest}
        return Reply(200, data, headers)

    def listing(self, *entries: dict[str, Any], **headers: str) -> Reply:
        """A list of what refers to an image."""
        value = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": entries}
        return Reply(200, json.dumps(value).encode(), {"Content-Type": _INDEX, **headers})

    def layer(self, digest: str) -> str:
        manifest = json.loads(self.registry.manifests["team/app", digest])
        return str(manifest["layers"][0]["digest"])


@pytest.fixture
def place(
    yard: Yard, image_layout: MakeLayout, loopback_registry: MemoryRegistry, signing_key: MakeKey
) -> Place:
    key = signing_key("build")
    vulnerable = loopback_registry.add(image_layout(VULNERABLE), "team/app")
    clean = loopback_registry.add(image_layout(CLEAN), "team/app")
    signature = loopback_registry.attach("team/app", clean, key.bundle(clean).encode())
    return Place(loopback_registry, clean, vulnerable, str(key.path), signature)


def _scan(yard: Yard) -> tuple[str, ...]:
    cache = str(yard.lab.cache)
    return ("--policy", "strict", "--fail-on", "high", "--offline", "--trivy-cache", cache)


def _gate(yard: Yard, place: Place, *words: str) -> Ended:
    key = ("--key", place.key, "--no-transparency-log")
    return yard.ours("gate", f"{place.registry.host}/team/app:v1", *key, *_scan(yard), *words)


def _verify(yard: Yard, place: Place) -> Ended:
    key = ("--key", place.key, "--no-transparency-log")
    return yard.ours("verify", f"{place.registry.host}/team/app:v1", *key, "--policy", "baseline")


def _moving(first: Reply, then: Reply | None) -> Callable[[Asked], Reply | None]:
    """One answer, and from then on another."""
    left = [first]
    return lambda _asked: left.pop() if left else then


@attack(
    "A tag is moved from a vulnerable image to a signed one after it was first asked for",
    ours=Said("gate", 1, "is not signed", "`unsigned-image`, `vulnerable-package`"),
)
def test_a_tag_is_asked_for_once(yard: Yard, place: Place) -> Outcome:
    moving = _moving(place.reply(place.vulnerable), place.reply(place.clean))
    place.registry.script("/v2/team/app/manifests/v1", moving)
    ended = _gate(yard, place)
    assert place.vulnerable in ended.text
    assert "vulnerable-package" in ended.text
    return Outcome(ended)


def test_a_verdict_is_about_the_digest_that_was_looked_at(yard: Yard, place: Place) -> None:
    moving = _moving(place.reply(place.clean), place.reply(place.vulnerable))
    place.registry.script("/v2/team/app/manifests/v1", moving)
    ended = _gate(yard, place)
    assert ended.code == 0, ended.text
    assert place.clean in ended.text
    assert place.vulnerable not in ended.text


@attack(
    "A registry gives containerd another image under the tag than everybody else",
    ours=Said("gate", 3, "to containerd another image", "incomplete"),
)
def test_engines_are_given_what_was_looked_at(yard: Yard, place: Place) -> Outcome:
    return Outcome(_given(yard, place, lambda asked: _agent(asked).startswith("containerd/")))


OTHERS: dict[str, Callable[[Asked], bool]] = {
    "docker": lambda asked: _agent(asked).startswith("docker/"),
    "who takes anything": lambda asked: "*/*" in asked.headers["accept"],
    "who asks for docker's form first": lambda asked: asked.headers["accept"].startswith(DOCKER),
    "everybody else": lambda asked: _agent(asked) != "imagelint",
    "who asks for the digest alone": lambda asked: asked.method == "HEAD",
}


@pytest.mark.parametrize("who", OTHERS)
def test_a_registry_that_answers_by_who_asks(yard: Yard, place: Place, who: str) -> None:
    ended = _given(yard, place, OTHERS[who])
    assert ended.code == 3, ended.text
    assert "name the image by its digest" in ended.text


def test_a_registry_that_tells_engines_nothing_is_not_doubted(yard: Yard, place: Place) -> None:
    def decide(asked: Asked) -> Reply | None:
        return Reply(405) if asked.method == "HEAD" else place.reply(place.clean)

    place.registry.script("/v2/team/app/manifests/v1", decide)
    assert _gate(yard, place).code == 0


def _given(yard: Yard, place: Place, to: Callable[[Asked], bool]) -> Ended:
    """How the gate of the clean image ends, of which some are given the vulnerable one."""
    place.registry.script(
        "/v2/team/app/manifests/v1",
        lambda asked: place.reply(place.vulnerable if to(asked) else place.clean),
    )
    return _gate(yard, place)


def _agent(asked: Asked) -> str:
    return asked.headers["user-agent"]


@attack(
    "A registry says the digest of the signed image above the manifest of another",
    ours=Said("gate", 3, "another image", "incomplete: engines go by what is said"),
)
def test_the_digest_is_that_of_what_came(yard: Yard, place: Place) -> Outcome:
    said = place.reply(place.vulnerable)
    headers = {**said.headers, "Docker-Content-Digest": place.clean}
    place.registry.script("/v2/team/app/manifests/v1", said._replace(headers=headers))
    return Outcome(_gate(yard, place))


def _index(place: Place, yard: Yard) -> str:
    layout = Layout(yard.folder / "index")
    layout.add_index([CLEAN, CLEAN._replace(architecture="arm64")])
    return place.registry.add(layout.folder, "team/app")


@pytest.mark.parametrize("late", [False, True])
def test_a_child_of_an_index_cannot_be_swapped(yard: Yard, place: Place, *, late: bool) -> None:
    _index(place, yard)
    place.registry.script(
        f"/v2/team/app/manifests/{place.clean}",
        _moving(
            place.reply(place.clean if late else place.vulnerable), place.reply(place.vulnerable)
        ),
    )
    ended = yard.ours("scan", f"{place.registry.host}/team/app:v1", *_scan(yard))
    assert ended.code == 3, ended.text
    assert ("Trivy" if late else "the registry gave something else for") in ended.text


def test_a_layer_cannot_be_swapped_in_a_registry(yard: Yard, place: Place) -> None:
    data = place.registry.blobs[place.layer(place.vulnerable)]
    blob = f"/v2/team/app/blobs/{place.layer(place.clean)}"
    place.registry.script(blob, Reply(200, data))
    ended = _gate(yard, place)
    assert ended.code == 3, ended.text
    assert "is not what was asked for" in ended.text


# Lists of what refers to an image


def _of_another(place: Place) -> Reply:
    entry = place.registry.referrers["team/app", place.clean][0]
    return place.listing({**entry, "digest": place.vulnerable})


def _itself(place: Place) -> Reply:
    size = len(place.registry.manifests["team/app", place.clean])
    about = {"mediaType": f"{MEDIA}manifest.v1+json", "artifactType": BUNDLE, "size": size}
    return place.listing({**about, "digest": place.clean})


def _missing(place: Place) -> Reply:
    entry = place.registry.referrers["team/app", place.clean][0]
    return place.listing({**entry, "digest": f"sha256:{0:064x}"})


def _circle(place: Place) -> Reply:
    link = f'</v2/team/app/referrers/{place.clean}?last=1>; rel="next"'
    return place.listing(Link=link)


@pytest.mark.parametrize(
    ("answer", "code", "part"),
    [
        (_of_another, 1, "is not signed"),
        (_itself, 1, "is not signed"),
        (_missing, 3, "and does not have it"),
        (_circle, 3, "leads back to where it was"),
        (lambda place: place.listing(), 1, "is not signed"),
    ],
)
def test_a_list_of_referrers_that_lies(
    yard: Yard, place: Place, answer: Callable[[Place], Reply], code: int, part: str
) -> None:
    place.registry.script("/v2/team/app/referrers/", answer(place))
    ended = _verify(yard, place)
    assert ended.code == code, ended.text
    assert part in ended.text


def test_a_list_of_referrers_without_end(yard: Yard, place: Place) -> None:
    def endless(asked: Asked) -> Reply:
        page = int(asked.query.get("last", ["0"])[0]) + 1
        return place.listing(Link=f'<{asked.path}?last={page}>; rel="next"')

    place.registry.script("/v2/team/app/referrers/", endless)
    ended = _verify(yard, place)
    assert ended.code == 3, ended.text
    assert "more than 20 pages" in ended.text


@pytest.mark.parametrize("size", [0, -1, 10**18, "5", None, 1.5])
def test_what_a_list_says_about_sizes_is_not_believed(
    yard: Yard, place: Place, size: object
) -> None:
    entry = place.registry.referrers["team/app", place.clean][0]
    place.registry.script("/v2/team/app/referrers/", place.listing({**entry, "size": size}))
    assert _verify(yard, place).code == 0


def test_a_signature_refers_to_the_image_that_it_is_listed_with(yard: Yard, place: Place) -> None:
    """A good signature of the image stands in something that refers to another."""
    attached = json.loads(place.registry.manifests["team/app", place.signature])
    subject = {**attached["subject"], "digest": place.vulnerable}
    place.registry.manifest("team/app", {**attached, "subject": subject})
    entries = place.registry.referrers["team/app", place.vulnerable]
    listing = place.listing(*entries)
    place.registry.script(f"/v2/team/app/referrers/{place.clean}", listing)
    ended = _verify(yard, place)
    assert ended.code == 1, ended.text


# Time


@attack(
    "A registry leads who asks for a layer in a circle, without end",
    ours=Said("gate", 3, "did not end within", "incomplete, within `--timeout`"),
)
def test_a_circle_of_redirections_ends_with_the_run(yard: Yard, place: Place) -> Outcome:
    def around(asked: Asked) -> Reply:
        headers = {"Location": f"http://{place.registry.host}{asked.path}"}
        return Reply(307, headers=headers, delay=0.2)

    place.registry.script(f"/v2/team/app/blobs/{place.layer(place.clean)}", around)
    began = time.monotonic()
    ended = _gate(yard, place, "--timeout", "8")
    assert time.monotonic() - began < 8 + _MOST_SECONDS
    return Outcome(ended)


# What lies on the disk


@pytest.fixture
def meddling(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let something happen just before the real Trivy scans."""
    need("trivy")
    real, folder = shutil.which("trivy"), yard.folder / "meddling"
    folder.mkdir()

    def arrange(body: str) -> None:
        program = folder / "trivy"
        program.write_text(
            f"#!{sys.executable}\nimport os, shutil, sys\nif 'image' in sys.argv:\n    {body}\n"
            f"os.execv({real!r}, [{real!r}, *sys.argv[1:]])\n",
            encoding="utf-8",
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return arrange


@attack(
    "A layout becomes that of a clean image between two looks at it",
    ours=Said("scan", 1, "vulnerable-package", "`vulnerable-package`"),
)
def test_a_layout_is_looked_at_once(
    yard: Yard, image_layout: MakeLayout, meddling: Callable[[str], None]
) -> Outcome:
    seen, clean = str(image_layout(VULNERABLE)), str(image_layout(CLEAN))
    meddling(f"shutil.rmtree({seen!r}); shutil.copytree({clean!r}, {seen!r})")
    return Outcome(yard.ours("scan", f"oci:{seen}:v1", *_scan(yard)))


@pytest.mark.parametrize("kind", ["oci-archive", "docker-archive"])
@pytest.mark.parametrize(
    "change",
    [
        "shutil.copy({clean!r}, {seen!r})",
        "os.replace({clean!r}, {seen!r})",
        "os.truncate({seen!r}, 1000)",
        "os.remove({seen!r})",
        "os.remove({seen!r}); os.mkfifo({seen!r})",
    ],
)
def test_an_archive_is_looked_at_once(
    yard: Yard,
    image_layout: MakeLayout,
    meddling: Callable[[str], None],
    kind: str,
    change: str,
) -> None:
    make = oci_archive if kind == "oci-archive" else docker_archive
    seen, clean = yard.folder / "seen.tar", yard.folder / "clean.tar"
    seen.write_bytes(make(image_layout(VULNERABLE)))
    clean.write_bytes(make(image_layout(CLEAN)))
    meddling(change.format(seen=str(seen), clean=str(clean)))
    ended = yard.ours("scan", f"{kind}:{seen}", *_scan(yard))
    assert ended.code == 1, ended.text
    assert "vulnerable-package" in ended.text


@attack(
    "The policy is replaced by one that permits everything while the scanner runs",
    ours=Said("scan", 1, "vulnerable-package", "`vulnerable-package`, by the policy's digest"),
)
def test_a_policy_is_read_once(
    yard: Yard, image_layout: MakeLayout, here: Path, meddling: Callable[[str], None]
) -> Outcome:
    policy, seen = here / ".imagelint.yaml", f"oci:{image_layout(VULNERABLE)}:v1"
    policy.write_text("extends: [strict]\nfail-on: high\n", encoding="utf-8")
    meddling(f"open({str(policy)!r}, 'w').write('rules: {{vulnerable-package: off}}')")
    cache = ("--offline", "--trivy-cache", str(yard.lab.cache))
    return Outcome(yard.ours("scan", seen, *cache))
