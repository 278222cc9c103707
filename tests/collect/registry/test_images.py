"""What an index leads to, with blobs from a dictionary."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from imagelint.collect.registry.images import images_of
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity

CONFIG = {"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": []}}


class Made(dict[str, bytes]):
    """Blobs by their digests."""

    def put(self, value: object) -> str:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self[digest] = data
        return digest

    def image(self, config: object = CONFIG, **more: Any) -> str:
        return self.put({"config": {"digest": self.put(config)}, "layers": [], **more})

    def index(self, *digests: str) -> str:
        return self.put({"manifests": [{"digest": digest} for digest in digests]})

    def manifest(self, digest: str) -> bytes | Problem:
        return self.blob(digest)

    def blob(self, digest: str) -> bytes | Problem:
        missing = Problem(ProblemKind.NOT_FOUND, "x", "it is not there")
        return self.get(digest, missing)

    def problem(self, digest: str, platform: str = "") -> str:
        found = images_of(self, ImageIdentity("x", digest), platform)
        assert isinstance(found, Problem), found
        return found.detail


def test_more_images_than_anybody_builds_are_a_problem() -> None:
    made = Made()
    index = made.index(*(made.image({**CONFIG, "variant": str(at)}) for at in range(65)))
    assert made.problem(index) == "is an index of more than 64 images"


def test_an_image_that_is_listed_twice_is_one() -> None:
    made = Made()
    image = made.image()
    found = images_of(made, ImageIdentity("x", made.index(image, image)))
    assert not isinstance(found, Problem)
    assert [one.identity.several for one in found] == [False]


def test_what_is_stored_beside_an_image_is_left_alone() -> None:
    made = Made()
    kind = "application/vnd.oci.empty.v1+json"
    statement = made.put({"config": {"digest": made.put({}), "mediaType": kind}, "layers": []})
    found = images_of(made, ImageIdentity("x", made.index(statement, made.image())))
    assert not isinstance(found, Problem)
    assert [one.identity.platform for one in found] == ["linux/amd64"]
    assert "no image at all" in made.problem(made.index())


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("sha256:../x", "an index names `sha256:../x`, which is not a digest"),
        ("sha256:" + "0" * 64, "it is not there"),
    ],
)
def test_an_index_may_lead_nowhere(part: str, words: str) -> None:
    made = Made()
    assert made.problem(made.index(part)) == words


def test_a_manifest_may_be_broken() -> None:
    made = Made()
    assert "ends too early" in made.problem(made.put(b"{"))
    assert "is not a JSON object" in made.problem(made.image([]))
    assert "ends too early" in made.problem(made.put(b'{"config": {}, "layers": []'))
    digest = made.put({"config": {"digest": "sha256:" + "1" * 64}, "layers": []})
    assert made.problem(digest) == "it is not there"
    other = made.image({**CONFIG, "OS": "x"})
    assert "in a form that readers understand differently" in made.problem(other)


def test_the_platform_is_that_of_the_configuration_where_no_index_says_it() -> None:
    made = Made()
    image = made.image()
    words = "has no image for linux/arm64; there is: linux/amd64"
    assert made.problem(image, "linux/arm64") == words
    assert made.problem(made.index(image), "linux/arm64") == words
    assert "no image for linux/arm64; there is: no image" in made.problem(
        made.image({"rootfs": {"diff_ids": []}}), "linux/arm64"
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("linux/amd64", {"os": "linux", "architecture": "x86_64"}),
        ("linux/amd64", {"os": "Linux", "architecture": "AMD64", "variant": "v1"}),
        ("linux/amd64", {"os": "linux", "architecture": "amd64", "variant": "v3"}),
        ("linux/amd64", {"os": "", "architecture": "amd64"}),
        ("linux/amd64", {}),
        ("linux/x86-64", {"os": "linux", "architecture": "amd64"}),
        ("linux/arm64/v8", {"os": "linux", "architecture": "aarch64"}),
        ("linux/arm64", {"os": "linux", "architecture": "arm64", "variant": "8"}),
        ("linux/arm/v7", {"os": "linux", "architecture": "armhf"}),
        ("linux/arm", {"os": "linux", "architecture": "arm", "variant": "5"}),
    ],
)
def test_a_platform_is_known_by_every_name(wanted: str, said: dict[str, str]) -> None:
    """Else an engine would run an image at which nobody looked."""
    made = Made()
    architecture = wanted.split("/")[1].replace("x86-64", "amd64")
    hidden = made.image({**CONFIG, "architecture": architecture, "author": "x"})
    plain = made.image({**CONFIG, "architecture": architecture})
    listed = [{"digest": hidden, "platform": said}, {"digest": plain}]
    found = images_of(made, ImageIdentity("x", made.put({"manifests": listed})), wanted)
    assert not isinstance(found, Problem), found
    assert {one.identity.manifest for one in found} == {hidden, plain}
