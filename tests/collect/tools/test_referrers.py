from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.deadline import NEVER
from imagelint.collect.registry.client import Stored
from imagelint.collect.tools import referrers
from imagelint.collect.tools.referrers import BUNDLE, fetch_signatures
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.manifest import Descriptor, descriptor

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "sha256:" + "0a" * 32
IMAGE = ImageIdentity("a.test/x:v1", DIGEST, "a.test/x")
MISSING = Problem(ProblemKind.NOT_FOUND, "x", "it is not there")


class Registry:
    """What a registry holds, in place of its client."""

    def __init__(self) -> None:
        self.things: dict[str, bytes] = {DIGEST: b"{}"}
        self.listed: list[str] = []

    def put(self, value: object, name: str = "") -> str:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        digest = name or f"sha256:{sha256(data).hexdigest()}"
        self.things[digest] = data
        return digest

    def manifest(self, name: str) -> Stored | Problem:
        return Stored(name, self.things[name]) if name in self.things else MISSING

    blob = manifest

    def referrers(self, _digest: str) -> tuple[Descriptor, ...] | Problem:
        return tuple(descriptor(JsonView({"digest": digest})) for digest in self.listed)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = Registry()
    monkeypatch.setattr(referrers, "Client", lambda *_given: made)
    return made


def fetched(folder: Path) -> set[str]:
    found = fetch_signatures(IMAGE, str(folder), NEVER)
    assert not isinstance(found, Problem), found
    assert found.layout == str(folder)
    return {f"sha256:{path.name}" for path in (folder / "blobs" / "sha256").iterdir()}


def problem(folder: Path) -> str:
    found = fetch_signatures(IMAGE, str(folder), NEVER)
    assert isinstance(found, Problem)
    return found.detail


def test_signatures_are_fetched_with_all_that_belongs_to_them(
    registry: Registry, tmp_path: Path
) -> None:
    parts = [registry.put({"part": at}) for at in range(3)]
    layers = [{"digest": one, "mediaType": f"{BUNDLE}.v0.3+json"} for one in (*parts[1:], "?")]
    bundle = registry.put({"config": {"digest": parts[0]}, "layers": layers})
    other = registry.put({"layers": [{"digest": "sha256:" + "1" * 64, "mediaType": "text/plain"}]})
    registry.listed = [bundle, bundle, other]
    assert fetched(tmp_path) == {DIGEST, bundle, *parts}


def test_what_cannot_be_fetched_is_a_problem(registry: Registry, tmp_path: Path) -> None:
    registry.listed = ["sha256:" + "1" * 64]
    assert problem(tmp_path).endswith(f"{'1' * 64} with the image, and does not have it")
    registry.listed = ["../x"]
    assert "which is not a digest" in problem(tmp_path)
    registry.listed = [registry.put(b"{")]
    assert "of a referrer ends too early" in problem(tmp_path)
    registry.listed = [DIGEST] * 501
    assert problem(tmp_path) == "more than 500 things refer to the image"
    layer = {"digest": "sha256:" + "1" * 64, "mediaType": BUNDLE}
    registry.listed = [registry.put({"layers": [layer]})]
    assert problem(tmp_path) == "it is not there"
    del registry.things[DIGEST]
    assert problem(tmp_path) == "it is not there"


def test_an_image_without_a_name_has_no_signatures(tmp_path: Path) -> None:
    found = fetch_signatures(IMAGE._replace(repository="NO"), str(tmp_path), NEVER)
    assert isinstance(found, Problem)
    assert found.detail == "is no reference to an image"
