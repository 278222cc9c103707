from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.edits import apply_edits
from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.engine.pins import PinPlace, pin_places
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from imagelint.core.finding import Edit

DIGEST = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32


def places(origin: str, text: str) -> list[PinPlace]:
    document = recognise(Source(origin, text))
    assert not isinstance(document, Report)
    return list(pin_places(document))


def pinned(origin: str, text: str, tag: str = "") -> str:
    """The text with every place pinned, under another tag if one is given."""
    edits: list[Edit] = []
    for place in places(origin, text):
        if place.reference is not None and not place.why:
            found = place.edits(text, tag or place.reference.tag, DIGEST)
            assert found
            edits.extend(found)
    return apply_edits(text, edits).replace(DIGEST, "D")


def test_images_of_a_dockerfile_are_pinned_where_they_are_named() -> None:
    text = (
        "FROM python:3.12 AS build\nFROM --platform=linux/amd64 alpine\nFROM build\n"
        "COPY --from=busybox:1.36 /a /a\nRUN --mount=type=bind,from=ghcr.io/a/b:c,target=/x true\n"
        "FROM scratch\n"
    )
    assert pinned("Dockerfile", text) == (
        "FROM python:3.12@D AS build\nFROM --platform=linux/amd64 alpine@D\nFROM build\n"
        "COPY --from=busybox:1.36@D /a /a\n"
        "RUN --mount=type=bind,from=ghcr.io/a/b:c@D,target=/x true\nFROM scratch\n"
    )


@pytest.mark.parametrize("behind", ["", " what it is told", "\r"])
def test_the_frontend_is_pinned_in_its_directive(behind: str) -> None:
    text = f"# syntax = docker/dockerfile:1{behind}\nFROM scratch\n"
    assert pinned("Dockerfile", text) == text.replace(":1", ":1@D")


def test_a_comment_names_no_frontend() -> None:
    text = "FROM scratch\n# syntax=docker/dockerfile:1\n"
    assert places("Dockerfile", text) == []


@pytest.mark.parametrize("written", ["$BASE", "${BASE}"])
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_an_argument_that_is_the_whole_name_is_pinned_in_its_default(
    written: str, quote: str
) -> None:
    text = f"ARG OTHER=1 BASE={quote}python:3.12{quote}\nFROM {written}\n"
    assert pinned("Dockerfile", text) == text.replace("3.12", "3.12@D")


@pytest.mark.parametrize(
    "text",
    [
        "ARG V=1\nFROM debian:${V}\n",
        "FROM ${BASE}\n",
        "ARG BASE\nFROM $BASE\n",
        "ARG BASE=python:3.12\nFROM ${BASE:-a}\n",
    ],
)
def test_a_name_with_a_variable_in_it_is_left(text: str) -> None:
    (place,) = places("Dockerfile", text)
    assert place.why == "a variable or a template is part of its name"


def test_pods_and_services_keep_quotes_and_comments() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n"
        "  - name: a\n    image: \"a/b:v1\" # why\n  - {name: b, image: 'nginx'}\n"
        "  - {name: c, image: '{{ .x }}'}\n"
    )
    assert pinned("pod.yaml", pod) == pod.replace("b:v1", "b:v1@D").replace("nginx", "nginx@D")
    compose = "services:\n  a: {image: redis:7}\n  b: {build: ., image: b:dev}\n"
    assert pinned("compose.yaml", compose) == compose.replace("redis:7", "redis:7@D")


def test_a_kustomization_has_a_key_for_the_digest() -> None:
    text = (
        "images:\n- name: a/b\n  newTag: v1 # now\n- {name: x, newName: nginx, newTag: '1.27'}\n"
        "- name: c\n  newName: d\n"
    )
    assert pinned("kustomization.yaml", text) == (
        "images:\n- name: a/b\n  newTag: v1 # now\n  digest: D\n"
        "- {name: x, newName: nginx, newTag: '1.27', digest: D}\n- name: c\n  newName: d\n"
    )


def test_a_kustomization_with_a_digest_is_pinned() -> None:
    text = f"images: [{{name: a, newTag: v1, digest: {DIGEST}}}]\n"
    (place,) = places("kustomization.yaml", text)
    assert place.pinned
    assert place.reference is not None
    assert place.reference.digest == DIGEST


def test_values_of_charts_are_pinned_by_tag_or_whole() -> None:
    text = (
        "image:\n  registry: nvcr.io\n  repository: nvidia/tritonserver\n  tag: '24.10-py3'\n"
        "parts: [{initImage: 'busybox:1.36', image: {repository: x, tag: ''}}]\n"
        "pullSecretsImage: nothing\n"
    )
    assert pinned("values.yaml", text) == text.replace("24.10-py3", "24.10-py3@D").replace(
        "busybox:1.36", "busybox:1.36@D"
    )
    first = places("values.yaml", text)[0]
    assert first.reference is not None
    assert first.reference.name == "nvcr.io/nvidia/tritonserver"


def test_values_with_a_digest_of_their_own_are_pinned() -> None:
    text = f"image: {{repository: a, tag: v1, digest: '{DIGEST}'}}\n"
    assert [place.pinned for place in places("values.yaml", text)] == [True]


@pytest.mark.parametrize(
    "empty", ['digest: ""', "digest: ''", "digest:", "digest: null # later", "digest: ~"]
)
def test_a_digest_that_waits_for_its_value_gets_it(empty: str) -> None:
    text = f"image:\n  repository: a\n  tag: '1.0'\n  {empty}\n  pullPolicy: Always\n"
    (place,) = places("values.yaml", text)
    assert not place.pinned
    entry = pinned("values.yaml", text).splitlines()[3]
    assert entry.replace("'", '"').replace('"D"', "D").removesuffix(" # later") == "  digest: D"
    assert pinned("values.yaml", text).splitlines()[:3] == text.splitlines()[:3]


def test_a_digest_behind_the_tag_is_not_written_a_second_time() -> None:
    text = f'image: {{repository: a, tag: "1.0@{DIGEST}", digest: ""}}\n'
    assert [place.pinned for place in places("values.yaml", text)] == [True]


def test_a_tag_of_its_own_in_an_object_is_pinned_behind_the_tag() -> None:
    text = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: llm}\nspec:\n"
        "  chart: {spec: {chart: llm, sourceRef: {kind: HelmRepository, name: charts}}}\n"
        "  values:\n    image: {repository: ghcr.io/a/b, tag: 1.2.0}\n    other: {image: a/b:c}\n"
    )
    names = [str(place.reference) for place in places("release.yaml", text)]
    assert names == ["ghcr.io/a/b:1.2.0", "a/b:c"]
    assert pinned("release.yaml", text) == text.replace("1.2.0", "1.2.0@D").replace("b:c", "b:c@D")


def test_another_tag_takes_the_place_of_the_old_one() -> None:
    text = f"FROM vllm/vllm-openai:v0.8.4@{OTHER}\nFROM python:3.12\n"
    assert pinned("Dockerfile", text, "new") == "FROM vllm/vllm-openai:new@D\nFROM python:new@D\n"


def test_another_tag_and_its_digest_take_the_places_of_the_old_ones_in_entries() -> None:
    text = (
        "images:\n- name: a/b\n  newTag: 'v1' # now\n"
        f"- {{name: x, digest: '{OTHER}', newTag: v1}}\n- {{name: y, newTag: v1}}\n"
    )
    assert pinned("kustomization.yaml", text, "v2") == (
        "images:\n- name: a/b\n  newTag: 'v2' # now\n  digest: D\n"
        "- {name: x, digest: 'D', newTag: v2}\n- {name: y, newTag: v2, digest: D}\n"
    )
    values = f'image:\n  repository: a\n  tag: "v1"\n  digest: {OTHER}\n'
    assert pinned("values.yaml", values, "v2") == values.replace("v1", "v2").replace(OTHER, "D")


def test_what_cannot_be_pinned_where_it_stands_is_told() -> None:
    inline = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM python:3.12\n"
    (inner,) = places("compose.yaml", inline)
    assert (inner.position.line, inner.why) == (5, "it stands in a text inside of the file")
    assert inner.reference is not None
    assert not inner.pinned
    for origin, text in (
        ("kustomization.yaml", "images: [{name: a, newName: b}]\n"),
        ("values.yaml", "image: {repository: a/b, tag: ''}\n"),
    ):
        (place,) = places(origin, text)
        assert (place.reference, place.why) == (None, "its tag stands elsewhere")
