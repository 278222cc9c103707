"""Manifests that stand as texts in a ConfigMap."""

from __future__ import annotations

from textwrap import indent

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.objects import Pod

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
