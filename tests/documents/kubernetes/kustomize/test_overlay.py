"""Tests of what patches leave open of a tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.fact import ABSENT, UNKNOWN
from imagelint.core.source import Span
from imagelint.documents.kubernetes.kustomize.model import Operation
from imagelint.documents.kubernetes.kustomize.overlay import (
    operated,
    overlaid,
    with_images,
)
from imagelint.documents.yaml.load import Cursor, load_yaml
from imagelint.documents.yaml.nodes import Mapping, is_decided_elsewhere

KEYS = ("spec", "containers", "env", "name", "image", "volumeMounts", "mountPath", "$patch", "a~b")
SCALARS = st.sampled_from(("x", "1", "true", "null", "''", "{{ y }}", "[]", "{}"))
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(st.sampled_from(KEYS), inner), max_size=3, unique_by=lambda e: e[0]).map(
            lambda entries: "{" + ", ".join(f"'{key}': {value}" for key, value in entries) + "}"
        ),
    ),
    max_leaves=12,
)


def tree(text: str) -> Cursor:
    return Cursor(load_yaml(text)[0])


def under(base: str, patch: str) -> Cursor:
    first, second = tree(base).node, tree(patch).node
    assert first is not None
    assert second is not None
    return Cursor(overlaid(first, second))


def after(base: str, name: str, *keys: str, value: str = "x") -> Cursor:
    node = tree(base).node
    assert node is not None
    return Cursor(operated(node, Operation(Span(0, 0), name, keys, tree(value))))


@given(TREES, TREES)
def test_any_patch_can_be_laid_over_any_tree(base: str, patch: str) -> None:
    assert under(base, patch).node is not None


@given(TREES, st.lists(st.sampled_from((*KEYS, "0", "7", "-", "99999999")), max_size=4), TREES)
def test_any_operation_can_be_applied_to_any_tree(base: str, keys: list[str], value: str) -> None:
    for name in ("add", "replace", "remove", "move"):
        assert after(base, name, *keys, value=value).node is not None


@given(TREES)
def test_an_empty_patch_changes_nothing(base: str) -> None:
    node = tree(base).node
    assert node is not None
    if isinstance(node, Mapping):
        assert under(base, "{}").node == node
    assert with_images(node, lambda text: text) is node


def test_what_is_set_is_unknown_and_the_rest_stays() -> None:
    found = under("{a: 1, b: {c: 2, d: 3}}", "{b: {c: 5, e: {f: 1}}, g: [1]}")
    assert found["a"].word() == "1"
    assert found.at("b", "d").word() == "3"
    assert [found.at("b", *keys).text() for keys in (("c",), ("e", "f"))] == [UNKNOWN, UNKNOWN]
    assert found["g"].text() is UNKNOWN
    assert found["h"].text() is ABSENT


def test_items_are_found_by_the_key_that_names_them() -> None:
    base = "{containers: [{name: a, image: x}, {name: b, image: y}], env: [{name: V, value: 1}]}"
    patch = "{containers: [{name: b, image: z}, {name: c}], env: [{name: V, value: 2}, {name: W}]}"
    found = under(base, patch)
    first, second = found["containers"].items()
    assert (first["image"].word(), second["name"].word()) == ("x", "b")
    assert second["image"].text() is UNKNOWN
    variable, added = found["env"].items()
    assert (variable["name"].word(), variable["value"].text()) == ("V", UNKNOWN)
    assert added.text() is UNKNOWN


@pytest.mark.parametrize("patch", ["{a: {$patch: delete}}", "{a: {$patch: replace, c: 1}}"])
def test_what_is_taken_away_whole_is_unknown(patch: str) -> None:
    assert under("{a: {b: 1}, c: 2}", patch).at("a", "b").text() is UNKNOWN


def test_operations_reach_what_their_path_names() -> None:
    base = "{a: [{b: 1, c: 2}, {b: 3}], d: {e: 4}}"
    assert after(base, "replace", "a", "0", "b").at("a", 0, "b").text() is UNKNOWN
    assert after(base, "replace", "a", "0", "b").at("a", 1, "b").word() == "3"
    assert after(base, "remove", "d").at("d", "e").text() is UNKNOWN
    assert after(base, "add", "d", "f").at("d", "f").text() is UNKNOWN
    assert after(base, "add", "d", value="{g: 1}").at("d", "g").text() is UNKNOWN
    assert len(after(base, "add", "a", "-")["a"].items()) == 3
    assert len(after(base, "add", "a", "1")["a"].items()) == 3


@pytest.mark.parametrize(
    "keys", [("x", "y"), ("a", "9", "b"), ("d", "e", "f"), ("a", "b"), ("a", "0", "x", "y")]
)
def test_a_path_that_leads_nowhere_changes_nothing(keys: tuple[str, ...]) -> None:
    base = "{a: [{b: 1, c: 2}, {b: 3}], d: {e: 4}}"
    assert after(base, "replace", *keys).node == tree(base).node


def test_images_are_replaced_in_lists_of_containers_only() -> None:
    node = tree("{image: a, spec: {containers: [{image: a}, {image: b}, {x: 1}, a]}}").node
    assert node is not None
    found = Cursor(with_images(node, lambda text: "new:1" if text == "a" else text))
    containers = found.at("spec", "containers").items()
    assert [one["image"].word() for one in containers] == ["new:1", "b", "", ""]
    assert found["image"].word() == "a"
    assert is_decided_elsewhere(containers[0]["image"].node)
    assert not is_decided_elsewhere(containers[1]["image"].node)
