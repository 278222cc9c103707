from __future__ import annotations

import json
from typing import Any

import pytest

from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.manifest import (
    DOCKER_INDEX,
    DOCKER_MANIFEST,
    INDEX,
    MANIFEST,
    ImageLayer,
    descriptor,
    image_layers,
    is_digest,
    is_image,
    read_manifest,
    read_strictly,
)

A, B = "sha256:" + "0a" * 32, "sha256:" + "0b" * 32


def read(text: str) -> str:
    found = read_strictly(text)
    assert isinstance(found, str), found
    return found


@pytest.mark.parametrize(
    "text",
    [
        '{"layers": [], "layers": []}',
        '{"layers": [], "Layers": []}',
        '{"Layers": []}',
        '{"manife\u017fts": []}',
        '{"config": {"digest": "a", "Digest": "b"}}',
        '{"layers": [{"digest": "a"}, {"DIGEST": "b"}]}',
        '{"manifests": [{"platform": {"OS": "linux"}}]}',
        '{"rootfs": {"diff_ids": [], "Diff_IDs": []}}',
        '{"config": {"User": "1", "user": "0"}}',
    ],
)
def test_what_readers_understand_differently_is_refused(text: str) -> None:
    assert "in a form that readers understand differently" in read(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"annotations": {"a": "1", "A": "2"}}',
        '{"config": {"Labels": {"Version": "1", "version": "2", "OS": "x"}}}',
        '{"config": {"User": "1"}, "os": "linux"}',
        "[1]",
    ],
)
def test_names_of_ones_own_may_differ_in_case(text: str) -> None:
    assert isinstance(read_strictly(text), JsonView)


def test_what_is_no_json_is_told() -> None:
    assert "ends too early" in read("{")
    assert "not JSON" in read("x")


def test_a_manifest_is_no_index_as_well() -> None:
    assert read_manifest(b'{"manifests": [], "layers": [1]}') == (
        "could be read as a manifest and as an index"
    )
    assert "neither" in str(read_manifest(b'{"fsLayers": []}'))
    assert read_manifest(b'{"layers": [], "fsLayers": [{}]}') == (
        "could be read as a manifest of the first schema as well"
    )


@pytest.mark.parametrize(
    ("list_", "own", "other"),
    [
        ("layers", MANIFEST, INDEX),
        ("layers", DOCKER_MANIFEST, DOCKER_INDEX),
        ("manifests", INDEX, MANIFEST),
        ("manifests", DOCKER_INDEX, DOCKER_MANIFEST),
    ],
)
def test_what_calls_itself_something_else_is_neither(list_: str, own: str, other: str) -> None:
    for said in ("", own, "application/vnd.example"):
        assert not isinstance(
            read_manifest(json.dumps({list_: [], "mediaType": said}).encode()), str
        )
    told = read_manifest(json.dumps({list_: [], "mediaType": other}).encode())
    assert told == f"calls itself `{other}`, and is none"


def test_what_is_stored_beside_images_is_none() -> None:
    oci = "application/vnd.oci.image.config.v1+json"
    for kind, image in (("", True), (oci, True), ("application/vnd.oci.empty.v1+json", False)):
        assert is_image(JsonView({"config": {"mediaType": kind}})) is image


def test_a_platform_decides_what_may_be_an_image() -> None:
    unknown = {"platform": {"os": "unknown", "architecture": "unknown"}}
    linux = {"platform": {"os": "linux", "architecture": "arm64"}, "artifactType": "x"}
    variant = {"platform": {"os": "linux", "architecture": "amd64", "variant": "unknown"}}
    assert [descriptor(JsonView(one)).is_image for one in ({}, unknown, linux, variant)] == [
        *(True, False, True, True)
    ]


def layers(blobs: list[Any], names: list[str], kind: str = "") -> object:
    manifest = {"config": {"mediaType": kind}, "layers": blobs}
    return image_layers(JsonView(manifest), JsonView({"rootfs": {"diff_ids": names}}))


def test_layers_and_names_go_together() -> None:
    one = {"digest": A, "size": 1}
    assert layers([one, one], [B, B]) == (ImageLayer(A, B, 1), ImageLayer(A, B, 1))
    for blobs, names, words in (
        ([one], [B, B], "its manifest lists 1 layers, its configuration 2"),
        ([one, one], [A, B], "gives one name to several layers"),
        ([one, {"digest": B, "size": 1}], [B, B], "gives one name to several layers"),
        ([{"digest": A}], [B], "without a proper digest or size"),
        ([{"digest": A, "size": -1}], [B], "without a proper digest or size"),
        ([one] * 1001, [B] * 1001, "1,001 layers"),
    ):
        assert words in str(layers(blobs, names))
    assert "is no image" in str(layers([], [], "x"))
    assert not is_digest(json.dumps(A))
