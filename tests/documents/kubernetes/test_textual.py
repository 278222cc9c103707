"""Manifests that stand as texts in a ConfigMap."""

from __future__ import annotations

import gzip
from base64 import b64encode
from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.objects import Pod

if TYPE_CHECKING:
    from collections.abc import Callable

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
POD = """\
  pod.yaml: |
    apiVersion: v1
    kind: Pod
    metadata: {name: inner}
    spec: {containers: [{name: a, image: 'nginx:1.29.1'}]}
"""


def test_a_manifest_with_pods_is_read_at_its_place() -> None:
    source = Source("a.yaml", MAP + POD)
    (found,) = parse_manifest(source).embedded
    (pod,) = found.document.nodes_of(Pod)
    assert found.path == 'data["pod.yaml"]'
    assert found.mapped is not None
    assert source.text[slice(*found.mapped.place(*pod.span))] == "spec"


def test_what_holds_no_pods_or_is_no_manifest_is_left_alone() -> None:
    service = POD.replace("kind: Pod", "kind: Service").replace("containers", "ports")
    other = "  b: |\n    apiVersion: 1\n"
    assert parse_manifest(Source("a.yaml", MAP + service + other)).embedded == ()


def test_what_somebody_fills_in_is_not_read() -> None:
    text = MAP + POD.replace("    metadata:", "    {{- if name }}\n    metadata:")
    assert parse_manifest(Source("a.yaml", text)).embedded == ()


def test_other_objects_hold_none() -> None:
    text = MAP.replace("ConfigMap", "Secret") + POD
    assert parse_manifest(Source("a.yaml", text)).embedded == ()


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress])
def test_what_is_encoded_is_read_at_its_key(kind: str, pack: Callable[[bytes], bytes]) -> None:
    field = "binaryData" if kind == "ConfigMap" else "data"
    encoded = b64encode(pack(dedent(POD.partition("|\n")[2]).encode())).decode()
    text = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n{field}:\n  pod.yaml: {encoded}\n"
    (found,) = parse_manifest(Source("a.yaml", text)).embedded
    assert found.document.nodes_of(Pod)
    assert found.path == f'{field}["pod.yaml"]'
    assert found.mapped is not None
    assert text[slice(*found.mapped.place(3, 9))] == encoded


@pytest.mark.parametrize(
    "data",
    [
        b64encode(gzip.compress(b"a" * 3_000_000)).decode(),  # more than an object can hold
        b64encode(gzip.compress(b"apiVersion: v1\nkind: Pod\n")[:20] + b"broken" * 9).decode(),
        b64encode(b"\xff" * 60).decode(),
        "no base64, but apiVersion and kind are words of it",
    ],
    ids=["too-long", "broken", "no-gzip", "no-base64"],
)
def test_what_cannot_be_unpacked_is_no_manifest(data: str) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\nbinaryData:\n  a: {data}\n"
    assert parse_manifest(Source("a.yaml", text)).embedded == ()


@pytest.mark.parametrize("kept", [None, -9], ids=["too-long", "cut"])
@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_what_unpacks_only_in_part_is_told_as_not_examined(kind: str, kept: int | None) -> None:
    field = "binaryData" if kind == "ConfigMap" else "data"
    manifest = dedent(POD.partition("|\n")[2]) + "# \u00e9" * (10 if kept else 500_000)
    data = b64encode(gzip.compress(manifest.encode())[:kept]).decode()
    text = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n{field}:\n  a: {data}\n"
    found = parse_manifest(Source("a.yaml", text))
    assert found.embedded == ()
    (gap,) = found.gaps
    assert gap.message.startswith("this compressed manifest is not examined")
    assert gap.span is not None
    assert text[slice(*gap.span)] == data


def test_a_bundle_of_fleet_is_read() -> None:
    head = "apiVersion: fleet.cattle.io/v1alpha1\nkind: Bundle\nmetadata: {name: a}\nspec:\n"
    plain = indent(POD.partition("|\n")[2], "    ")
    encoded = b64encode(gzip.compress(dedent(POD.partition("|\n")[2]).encode())).decode()
    text = f"{head}  resources:\n  - content: |\n{plain}  - {{content: {encoded}, name: a}}\n"
    found = parse_manifest(Source("a.yaml", text)).embedded
    assert [one.path for one in found] == [f"spec.resources[{at}].content" for at in (0, 1)]


def test_what_helm_stored_is_told_as_not_examined() -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: helm.sh/release.v1\n"
    (gap,) = parse_manifest(Source("a.yaml", text + "data: {release: SDRz}\n")).gaps
    assert gap.message == "what this release of Helm holds is not examined"
    assert parse_manifest(Source("a.yaml", text + "data: {other: SDRz}\n")).gaps == ()


def nested(text: str, times: int) -> str:
    for _ in range(times):
        text = f"{MAP}  inner.yaml: |\n{indent(text, '    ')}"
    return text


def test_what_lies_too_deep_in_texts_is_told_as_not_examined() -> None:
    text = nested(MAP + POD, 1)
    (outer,) = parse_manifest(Source("a.yaml", text)).embedded
    (inner,) = outer.document.embedded
    assert inner.document.nodes_of(Pod)
    for times in (2, 60):
        (outer,) = parse_manifest(Source("a.yaml", nested(MAP + POD, times))).embedded
        (inner,) = outer.document.embedded
        (gap,) = inner.document.gaps
        assert gap.kind is ProblemKind.TOO_LARGE
        assert inner.document.embedded == ()


def test_more_texts_than_are_read_are_told_as_not_examined() -> None:
    found = parse_manifest(
        Source("a.yaml", MAP + "".join(POD.replace("pod.yaml", f"p{n}") for n in range(60)))
    )
    assert len(found.embedded) == 50
    (gap,) = found.gaps
    assert gap.span is not None
    assert found.source.text[slice(*gap.span)].startswith("|")


def test_a_proxy_that_is_encoded_is_told_as_not_examined() -> None:
    nginx = b64encode(
        b"http { server { location / {\nproxy_pass http://llm:8000;\n} } }\n"
    ).decode()
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nbinaryData:\n  nginx.conf: "
    (gap,) = parse_manifest(Source("a.yaml", text + nginx)).gaps
    assert gap.message == "the configuration of a proxy in base64 is not examined"
    assert parse_manifest(Source("a.yaml", text + b64encode(b"a" * 90).decode())).gaps == ()
