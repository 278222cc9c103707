"""Tests of what kustomizations say that they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.documents.kubernetes.kustomize.document import Kustomization, parse_kustomization

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.kustomize.model import Transformation


def read(text: str) -> Transformation:
    document = parse_kustomization(Source("kustomization.yaml", text))
    assert isinstance(document, Kustomization)
    return document.transformations()[0]


@pytest.mark.parametrize(
    "text",
    [
        "patches:\n  - patch: |-\n      kind: Pod\n      spec: {a: value}\n",
        "patches:\n  - patch: |\n      # so\n      kind: Pod\n\n      spec:\n        a: value\n",
        "patches:\n  - patch: '{kind: Pod, spec: {a: value}}'\n",
        "patchesStrategicMerge:\n- |-\n  kind: Pod\n  spec: {a: value}\n",
        "\ufeffpatches:\n  - patch: |-\n      kind: Pod\n      spec: {a: value}\n",
    ],
)
def test_what_is_written_in_a_kustomization_stands_at_its_place(text: str) -> None:
    (patch,) = read(text).patches
    (body,) = patch.bodies
    place = body.at("spec", "a")
    assert (body["kind"].word(), place.word()) == ("Pod", "value")
    assert text[slice(*place.span)] == "value"


@pytest.mark.parametrize(
    "text",
    [
        "patches:\n  - patch: |-\n      - {op: add, path: /a/b~1c~0d/-, value: x}\n",
        'patches:\n  - patch: \'[{"op": "add", "path": "/a/b~1c~0d/-", "value": "x"}]\'\n',
    ],
)
def test_operations_have_the_keys_of_their_paths(text: str) -> None:
    (patch,) = read(text).patches
    (operation,) = patch.operations
    assert (operation.name, operation.keys) == ("add", ("a", "b/c~d", "-"))
    assert operation.value.word() == "x"
    assert patch.bodies == ()


@pytest.mark.parametrize(
    "text",
    [
        'patches: [{patch: "{kind: \\"Pod\\"}"}]\n',
        "patches:\n  - patch: |\n      a: [\n",
        "patches: [{patch: }]\n",
        "patches: [{patch: [a]}]\n",
    ],
)
def test_what_cannot_be_read_is_a_patch_of_unknown_content(text: str) -> None:
    (patch,) = read(text).patches
    assert (patch.path, patch.bodies, patch.operations) == ("", (), ())


def test_all_that_it_takes_and_does() -> None:
    found = read(
        "resources: [a.yaml, ../base]\nbases: [../old]\ncomponents: [../part]\n"
        "namePrefix: my-\nnameSuffix: -v2\nreplicas: [{name: llm, count: 3}]\n"
        "images: [{name: a, newName: b, newTag: '1'}]\n"
        "patches: [a.yaml, {path: b.yaml, target: {kind: Pod, name: x, labelSelector: a=b}}]\n"
    )
    assert found.resources == ("a.yaml", "../base", "../old")
    assert found.components == ("../part",)
    assert found.affixes == ("my-", "-v2")
    assert found.replicas == ("llm",)
    assert [image.name for image in found.images] == ["a"]
    assert [patch.path for patch in found.patches] == ["a.yaml", "b.yaml"]
    assert found.patches[1].target == ("Pod", "x", "a=b")
    assert not found.opaque


@pytest.mark.parametrize("field", ["transformers", "replacements", "vars", "configurations"])
def test_what_may_change_anything_is_opaque(field: str) -> None:
    assert read(f"{field}: [a]\n").opaque


def test_objects_of_others_in_such_a_file_are_read_as_they_are() -> None:
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: ./a}\n"
    document = parse_kustomization(Source("kustomization.yaml", text))
    assert document.kind == "kubernetes"
    assert [obj.group for obj in document.objects] == ["kustomize.toolkit.fluxcd.io"]


def test_an_empty_file_does_nothing() -> None:
    document = parse_kustomization(Source("kustomization.yaml", "# nothing yet\n"))
    assert document.objects == ()
    assert list(document.landmarks()) == []
