from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.bake import document as module
from imagelint.documents.bake.document import BakeFile, parse_bake
from imagelint.documents.base import DocumentError
from imagelint.documents.builds import BuiltImage
from imagelint.documents.shared import ImageUse

HCL = """
variable "FILE" { default = "Dockerfile.web" }
variable "OPEN" {}
target "base" {
  contexts = { shared = "../shared", "other" = "docker-image://alpine:3.20" }
}
target "app" {
  inherits = ["base"]
  context = "app"
  contexts = { more = "target:base" }
}
target "web" {
  inherits = ["app"]
  dockerfile = "${FILE}"
}
target "open" {
  context = "${OPEN}"
  contexts = { x = "." }
}
"""
JSON = '{"target": {"app": {"context": "app", "contexts": {"shared": "../shared"}}}}'

SHARED = (("shared", "../shared"), ("other", "docker-image://alpine:3.20"))


def read(text: str, name: str = "build/docker-bake.hcl") -> BakeFile:
    return parse_bake(Source(name, text))


def test_targets_with_what_they_inherit() -> None:
    found = {target.name: target[1:4] for target in read(HCL).targets}
    assert found == {
        "base": (".", "Dockerfile", SHARED),
        "app": ("app", "Dockerfile", (*SHARED, ("more", "target:base"))),
        "web": ("app", "Dockerfile.web", (*SHARED, ("more", "target:base"))),
        "open": ("", "Dockerfile", (("x", "."),)),
    }


def test_contexts_are_found_by_their_dockerfiles() -> None:
    document = read(HCL)
    keys = [landmark.key[1:] for landmark in document.landmarks()]
    assert ("build/app/Dockerfile.web", "more") in keys
    assert ("build/Dockerfile", "shared") in keys
    assert ("shared",) in keys
    assert not any(key[-1] == "x" for key in keys)
    place = next(one.node.span for one in document.landmarks() if one.key[-1] == "shared")
    assert HCL[slice(*place)] == "shared"


def test_images_are_found_by_their_names() -> None:
    text = """
    variable "TAG" {}
    target "app" {
      context = "app"
      target = "server"
      args = { BASE = "alpine", WHICH = "${TAG}" }
      tags = ["registry.example.com/team/llm:${TAG}", "llm:1", "${TAG}/x"]
    }
    """
    found = {one.key[1]: one.node for one in read(text).landmarks() if one.key[0] == "image built"}
    assert set(found) == {"registry.example.com/team/llm", "docker.io/library/llm"}
    built = found["docker.io/library/llm"]
    assert isinstance(built, BuiltImage)
    assert (built.tag, built.build.context, built.build.target) == ("1", "app", "server")
    arguments = {one.name: one.value for one in built.build.arguments}
    assert arguments == {"BASE": Known("alpine"), "WHICH": UNKNOWN}


def test_json_says_the_same() -> None:
    document = read(JSON, "docker-bake.json")
    keys = [one.key[1:] for one in document.landmarks() if one.key[0] != "dockerfile built"]
    assert keys == [("app/Dockerfile", "shared"), ("shared",)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docker-bake.hcl", 'target "a" {'),
        ("docker-bake.json", "{"),
        ("docker-bake.json", "[]"),
    ],
)
def test_what_is_no_bake_file(name: str, text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(text, name)
    assert caught.value.kind is ProblemKind.UNPARSABLE


def test_odd_values_say_nothing() -> None:
    odd = '{"target": {"a": 1, "b": {"context": 2, "contexts": [], "inherits": ["b", 3]}}}'
    (only,) = read(odd, "docker-bake.json").targets
    assert only[:4] == ("b", "", "Dockerfile", ())
    escaped = read('{"target": {"c": {"contexts": {"\\u0061b": "."}}}}', "docker-bake.json")
    places = [(landmark.key[-1], landmark.node.span) for landmark in escaped.landmarks()]
    assert [one for one in places if one[0] == "ab"] == [("ab", (0, 0))] * 2


def test_targets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_TARGETS", 1)
    with pytest.raises(DocumentError) as caught:
        read('{"target": {"a": {}, "b": {}}}', "docker-bake.json")
    assert caught.value.kind is ProblemKind.TOO_LARGE


def test_long_texts_of_hcl_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'target "a" {}\n'
    monkeypatch.setattr(module, "_LONGEST_HCL", len(text))
    assert len(read(text).targets) == 1
    with pytest.raises(DocumentError, match="more than 14 characters is not examined") as caught:
        read(f"{text} ")
    assert caught.value.kind is ProblemKind.TOO_LARGE


def test_contexts_that_are_images_are_images() -> None:
    found = [node for node in read(HCL).nodes() if isinstance(node, ImageUse)]
    assert [(one.text, HCL[slice(*one.span)]) for one in found] == [
        ("alpine:3.20", "docker-image://alpine:3.20")
    ]
