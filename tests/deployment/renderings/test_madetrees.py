"""What a chart made at the place of a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source, Span
from imagelint.deployment.renderings import madetrees
from imagelint.deployment.renderings.madetrees import MadeTrees
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.locate import Locator
from imagelint.documents.runtime.field import Place
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

TEXT = """\
apiVersion: v1
kind: Pod
metadata: {name: one, labels: {"example.com/a": x}}
spec:
  containers: [{name: a, args: [first, second]}]
---
apiVersion: v1
kind: Pod
metadata: {name: two}
"""


@pytest.mark.parametrize(
    ("path", "word", "made"),
    [
        ("spec.containers[0].args[1]", "second", "second"),
        ('metadata.labels["example.com/a"]', "x}", "x"),
        ("metadata.name", "two", "two"),
        ("spec.containers[0].args[7]", "second", ""),
        ("metadata.name", "Pod", ""),
    ],
)
def test_it_is_what_the_path_leads_to(path: str, word: str, made: str) -> None:
    document = parse_manifest(Source("pods.yaml", TEXT))
    trees = MadeTrees(document.objects, document.parts)
    start = TEXT.rindex(word)
    location = Locator(document).locate(Place(Span(start, start + 1), path))
    found = trees.along(document.parts[0], location)
    assert [one.text for one in found[:1] if isinstance(one, Scalar)] == ([made] if made else [])


def test_of_another_template_is_nothing() -> None:
    document = parse_manifest(Source("pods.yaml", TEXT))
    location = Locator(document).locate(Place(Span(0, 1), "kind"))
    trees = MadeTrees(document.objects, document.parts)
    assert trees.along(document.parts[0], location._replace(origin="other.yaml")) == ()


def test_only_objects_that_begin_there_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "---\n".join(
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{number:03}}}\n" for number in range(200)
    )
    document = parse_manifest(Source("pods.yaml", text))
    trees = MadeTrees(document.objects, document.parts)
    looked: list[str] = []

    def counted(body: Cursor, path: str) -> Iterator[YamlNode]:
        looked.append(path)
        return along(body, path)

    along = madetrees._along
    monkeypatch.setattr(madetrees, "_along", counted)
    for number in range(200):
        start = text.index(f"p{number:03}")
        location = Locator(document).locate(Place(Span(start, start + 4), "metadata.name"))
        (name, *_) = trees.along(document.parts[0], location)
        assert isinstance(name, Scalar)
        assert name.text == f"p{number:03}"
    assert len(looked) == 200
