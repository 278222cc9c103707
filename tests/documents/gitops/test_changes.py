"""What Flux and Argo CD change, and the variables that Flux fills in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.documents.gitops.changes import argo_changes, flux_changes
from imagelint.documents.gitops.substitution import Variables
from imagelint.documents.gitops.values import plain
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import read_yaml

OFF = "metadata:\n  annotations:\n    kustomize.toolkit.fluxcd.io/substitute: disabled\n"


def at(text: str) -> Cursor:
    return Cursor(read_yaml(text).documents[0])


def test_what_flux_changes_is_a_kustomization() -> None:
    text = (
        "targetNamespace: a\nnamePrefix: b-\ncommonMetadata: {labels: {x: y}}\ncomponents: [../c]\n"
        "images: [{name: d, newTag: e}]\npatches: [{patch: '{}', target: {kind: Pod}}]\n"
    )
    found = flux_changes(at(text))
    assert plain(found.body) == {
        "namespace": "a",
        "namePrefix": "b-",
        "images": [{"name": "d", "newTag": "e"}],
        "patches": [{"patch": "{}", "target": {"kind": "Pod"}}],
    }
    assert found.components == ("../c",)
    assert (found.listed, found.unread, found.substituted) == (True, (), None)


@pytest.mark.parametrize(
    ("image", "entry"),
    [
        ("a:1", {"name": "a", "newName": "a", "newTag": "1"}),
        (
            "r.example.com:5000/a:1",
            {"name": "r.example.com:5000/a", "newName": "r.example.com:5000/a", "newTag": "1"},
        ),
        ("a=b", {"name": "a", "newName": "b"}),
        ("a=r/b:2", {"name": "a", "newName": "r/b", "newTag": "2"}),
        ("a@sha256:00", {"name": "a", "newName": "a", "digest": "sha256:00"}),
    ],
)
def test_images_of_argo_are_entries_of_a_kustomization(image: str, entry: dict[str, str]) -> None:
    body = Cursor(argo_changes(at(f"images: ['{image}']\n")).body)
    (made,) = body["images"].items()
    assert {name: one.word() for name, one in made.entries()} == entry


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("images: ['a b']\n", ("images",)),
        ("images: [a]\n", ("images",)),
        ("images: a\n", ("images",)),
        ("patches: [{path: a.yaml}]\n", ("patches",)),
        ("patchesStrategicMerge: []\n", ("patchesStrategicMerge",)),
        ("namePrefix:\n", ()),
        ("- a\n", ()),
    ],
)
def test_what_cannot_be_followed_is_said(text: str, unread: tuple[str, ...]) -> None:
    found = argo_changes(at(text))
    assert (found.unread, found.fields) == (unread, unread)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("a: ${A} ${B} ${B-}", "a: 1 ${B} "),
        ("a: ${B:-x}${B:=y}${B-z}${B=w}", "a: xyzw"),
        ("a: ${E:-x}${E-y}", "a: x"),
        ("a: $${A} $A ${A^^}", "a: ${A} $A ${A^^}"),
        (f"{OFF}a: ${{A}}\n---\nb: ${{A}}\n", f"{OFF}a: ${{A}}\n---\nb: 1\n"),
    ],
)
def test_variables_are_filled_in_as_flux_does(text: str, filled: str) -> None:
    assert Variables({"A": "1", "E": ""}).fill(text) == filled


def test_where_not_all_is_known_the_rest_stays() -> None:
    assert Variables({"A": "1"}, all=False).fill("${A} ${B} ${B:=2}") == "1 ${B} ${B:=2}"


@given(st.text(st.sampled_from("a$ {}:=-\n"), max_size=30))
def test_without_variables_nothing_else_changes(text: str) -> None:
    assert Variables(all=False).fill(text) == text.replace("$${a}", "${a}") or "$${a" in text
