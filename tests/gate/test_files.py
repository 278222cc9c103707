"""All images that files name are verified, each told at its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gate.conftest import Yard


@pytest.fixture
def files(yard: Yard, here: Path) -> Path:
    """A Dockerfile and manifests that name signed and unsigned images."""
    signed, unsigned = yard.signed("named-signed"), yard.lab.push("named-unsigned")
    host = yard.lab.host
    (here / "Dockerfile").write_text(
        f"FROM {signed} AS build\nRUN a\nFROM {host}/team/named-unsigned:v1\n"
        f"COPY --from={signed} /a /b\nCOPY --from=build /c /d\n"
    )
    (here / "k8s").mkdir()
    container = "{name: a, image: %s}"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
    (here / "k8s" / "pod.yaml").write_text(f"{pod}  - {container % signed}\n")
    (here / "compose.yaml").write_text(
        f"services:\n  a:\n    image: {unsigned}\n  b:\n    image: $IMAGE\n"
        f"  c:\n    image: {unsigned}\n"
    )
    key = yard.lab.keys / "build.pub"
    (here / ".imagelint.yaml").write_text(
        "extends: [baseline]\nrules: {unsigned-image: high}\nenvironment:\n"
        f"  signers: [{{name: build, key: {key}, transparency-log: false}}]\n"
    )
    return here


def verified(yard: Yard, *words: str) -> tuple[int, dict[str, Any]]:
    ended = yard.ours("verify", *words, "--no-cross-check", "--format", "json")
    return ended.code, json.loads(ended.text)


def test_what_a_build_takes_something_from_is_verified(yard: Yard, files: Path) -> None:
    code, report = verified(yard, "--bases", "Dockerfile")
    assert code == 1
    (finding,) = report["findings"]
    assert (finding["rule"], "named-unsigned:v1" in finding["location"]["origin"]) == (
        "unsigned-image",
        True,
    )
    (note,) = finding["notes"][-1:]
    assert note["location"]["start"] == {"line": 3, "column": 6}
    assert report["counts"]["examined"] == 4
    ended = yard.ours("verify", "--bases", ".", "--no-cross-check", "--format", "sarif")
    (result,) = json.loads(ended.text)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "Dockerfile"
    assert place["region"]["startLine"] == 3


def test_what_manifests_run_is_verified(yard: Yard, files: Path) -> None:
    assert verified(yard, "--from", "k8s")[0] == 0
    code, report = verified(yard, "--from", ".")
    assert code == 1
    (finding,) = report["findings"]
    lines = [note["location"]["start"]["line"] for note in finding["notes"] if note["location"]]
    assert lines == [3, 7]
    (problem,) = report["problems"]
    assert "which image `$IMAGE` is cannot be told" in problem["detail"]


def test_an_image_is_verified_beside_them(yard: Yard, files: Path) -> None:
    signed = yard.signed("named-signed")
    code, report = verified(yard, yard.signed("named-beside"), "--from", "k8s")
    assert code == 0
    images = [row["value"] for row in report["evidence"] if row["name"] == "image"]
    assert images == [yard.signed("named-beside"), signed]


def test_an_image_that_is_not_there_is_told_where_it_is_named(yard: Yard, files: Path) -> None:
    (files / "Dockerfile").write_text(f"FROM {yard.lab.host}/team/gone:v1\n")
    code, report = verified(yard, "--bases", "Dockerfile")
    assert code == 3
    (problem,) = report["problems"]
    assert problem["detail"].startswith(f"{yard.lab.host}/team/gone:v1: there is no such image")
    assert problem["location"]["origin"] == "Dockerfile"


def test_nothing_named_is_no_pass(yard: Yard, files: Path) -> None:
    for words in (("--bases", "k8s"), ("--from", "Dockerfile")):
        code, report = verified(yard, *words)
        assert code == 3
        assert "nothing below" in report["problems"][0]["detail"]
    ended = yard.ours("verify")
    assert (ended.code, "no image is named" in ended.text) == (2, True)


def test_what_holds_no_base_need_not_be_rendered_to_find_one(yard: Yard, files: Path) -> None:
    (files / "Dockerfile").write_text(f"FROM {yard.signed('named-signed')}\n")
    (files / "chart" / "templates").mkdir(parents=True)
    (files / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: a\nversion: 1.0.0\n")
    pod = "{{- if .Values.a }}\napiVersion: v1\nkind: Pod\n# from here on\n{{- end }}\n"
    (files / "chart" / "templates" / "pod.yaml").write_text(pod)
    (files / "overlay").mkdir()
    (files / "overlay" / "kustomization.yaml").write_text("resources: [gone.yaml]\n")
    assert verified(yard, "--bases", ".")[0] == 0
    told = {problem["origin"] for problem in verified(yard, "--from", ".")[1]["problems"]}
    assert told > {"overlay/kustomization.yaml"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("compose.yaml", b"services:\n{% for a in b %}\n  a: {build: {{ a }}}\n{% endfor %}\n"),
        ("build.yaml.j2", b'apiVersion: v1\nkind: {{ a }}\ndata: {a: "FROM b"}\n'),
        ("Dockerfile.old", "FROM alpine\n".encode("utf-16")),
    ],
)
def test_what_may_hold_a_base_and_cannot_be_read_is_told(
    yard: Yard, files: Path, name: str, content: bytes
) -> None:
    (files / "Dockerfile").write_text(f"FROM {yard.signed('named-signed')}\n")
    (files / name).write_bytes(content)
    code, report = verified(yard, "--bases", ".")
    assert (code, [problem["origin"] for problem in report["problems"]]) == (3, [name])
