"""Definitions of custom resources are parsed, but nobody makes nodes of their schemas."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.yaml.load import (
    Cursor,
    Mapping,
    Scalar,
    Sequence,
    YamlError,
    YamlNode,
    YamlStream,
    read_yaml,
)

KIND = "CustomResourceDefinition"
UNKNOWN = "CustomResourceDefinitioN"  # as long, and nothing that is passed over
HEAD = f"apiVersion: apiextensions.k8s.io/v1\nkind: {KIND}\nmetadata: {{name: x.example.com}}\n"
SCHEMA = "spec:\n  group: example.com\n  versions:\n  - name: v1\n"
POD = "spec:\n  containers:\n  - {name: c, image: nginx}\n"

_WORDS = st.text("ab: #-'\"\né😀{", max_size=12)
_PARTS = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=10,
)
_SCHEMAS = st.dictionaries(_WORDS, _PARTS, max_size=4)


def size(node: YamlNode) -> int:
    """How many nodes there are."""
    if isinstance(node, Scalar):
        return 1
    if isinstance(node, Sequence):
        return 1 + sum(map(size, node.items))
    return 1 + sum(size(part) for entry in node.entries for part in entry)


def whole(text: str) -> YamlStream:
    """The stream of a text of which nothing is passed over."""
    return read_yaml(text.replace(KIND, UNKNOWN))


def without_spec(node: YamlNode) -> YamlNode:
    """An object that was read as a whole, as it is when its spec is passed over."""
    assert isinstance(node, Mapping)
    entries = []
    for key, value in node.entries:
        given = value
        if key.text == "spec" and isinstance(value, Mapping):
            given = Mapping(value.span, ())
        elif key.text == "kind" and isinstance(value, Scalar):
            given = value._replace(value=KIND, raw=value.raw.replace(UNKNOWN, KIND))
        entries.append((key, given))
    return Mapping(node.span, tuple(entries))  # type: ignore[arg-type]


def is_skimmed(text: str) -> bool:
    """Whether of no object in a text more is there than that it has a spec."""
    found = [Cursor(node)["spec"].node for node in read_yaml(text).documents]
    return all(isinstance(node, Mapping) and not node.entries for node in found)


@given(_SCHEMAS, st.sampled_from([False, None]), st.booleans(), st.sampled_from(["", "status: 1"]))
def test_all_but_the_schema_is_as_it_would_be(
    schema: dict[str, object],
    flow: bool | None,  # noqa: FBT001 - as PyYAML takes it
    unicode: bool,  # noqa: FBT001
    behind: str,
) -> None:
    written = yaml.safe_dump(
        {"spec": schema}, default_flow_style=flow, allow_unicode=unicode, width=20
    )
    text = f"{HEAD}{written}{behind}\n"
    expected = whole(text)
    found = read_yaml(text)
    if "<<" not in written:
        assert is_skimmed(text)
        assert found.documents == (without_spec(expected.documents[0]),)
    assert found.duplicates == expected.duplicates == ()


def test_nothing_is_made_of_a_schema() -> None:
    schema = "".join(f"  - {{name: v{number}, schema: [1, 2]}}\n" for number in range(500))
    (document,) = read_yaml(HEAD + SCHEMA + schema).documents
    assert size(document) < 15
    assert size(whole(HEAD + SCHEMA + schema).documents[0]) > 3_500


def test_the_definitions_of_a_list_are_passed_over() -> None:
    item = "".join(f"  {line}\n" for line in (HEAD + SCHEMA).splitlines()).replace("  api", "- api")
    (document,) = read_yaml(f"apiVersion: v1\nitems:\n{item}{item}kind: List\n").documents
    items = Cursor(document)["items"].items()
    assert [list(one["spec"].entries()) for one in items] == [[], []]
    assert [one["metadata"]["name"].word() for one in items] == ["x.example.com"] * 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD + POD + "kind: Pod\n", id="the kind is written again"),
        pytest.param(HEAD + POD + "apiVersion: v1\n", id="the version is written again"),
        pytest.param(f"kind: {KIND}\napiVersion: v1\n{POD}", id="another group"),
        pytest.param(f"kind: {KIND}\n{POD}", id="no group"),
        pytest.param(f"kind: [{KIND}]\napiVersion: apiextensions.k8s.io/v1\n{POD}", id="a list"),
        pytest.param(POD + HEAD, id="the kind stands behind"),
        pytest.param(f"{HEAD}x: {KIND}\n{POD.replace('spec', 'Spec')}", id="another key"),
        pytest.param(
            f"apiVersion: v1\nkind: Pod\nspec:\n  kind: {KIND}\n"
            "  apiVersion: apiextensions.k8s.io/v1\n  spec:\n    containers: [{name: c}]\n",
            id="within a pod",
        ),
        pytest.param(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: c\n"
            f"    kind: {KIND}\n    apiVersion: apiextensions.k8s.io/v1\n    spec: {{a: 1}}\n",
            id="an item of another list",
        ),
        pytest.param(f"{HEAD}spec: &a\n  containers: []\nx: *a\n", id="with an anchor"),
        pytest.param(f"{HEAD}spec:\n  a: &a [1]\nx: *a\n", id="around an anchor"),
        pytest.param(f"x-a: &a {{b: 1}}\n{HEAD}spec:\n  <<: *a\n", id="with what is merged"),
        pytest.param(f"x-a: &a {{b: 1}}\n{HEAD}spec:\n  a: *a\n", id="with an alias"),
        pytest.param(f"{HEAD}spec:\n  a: !!str 1\n", id="with a tag"),
        pytest.param(f"{HEAD}spec:\n  a: !t {{}}\n", id="with the tag of a mapping"),
        pytest.param(f"{HEAD}spec:\n  a: 1\n  a: 2\n", id="with a key that is there twice"),
        pytest.param(f"{HEAD}spec:\n  b: {{a: 1, c: [], a: 2}}\n", id="the same further down"),
        pytest.param(f"{HEAD}spec:\n  {{{{ x }}}}: 1\n", id="with a template as key"),
        pytest.param(f"{HEAD}spec:\n  [a]: 1\n", id="with a list as key"),
        pytest.param(HEAD + "# imagelint: allow x -- y\n" + POD, id="a comment speaks of it"),
        pytest.param(f"{HEAD}spec:\n  a: b #trivy:ignore:KSV-0001\n", id="a comment within"),
        pytest.param(f"{HEAD}spec: {'{a: ' * 120}{'}' * 120}\n", id="it is nested deeply"),
    ],
)
def test_what_may_count_is_read(text: str) -> None:
    assert not is_skimmed(text)
    assert size(read_yaml(text).documents[0]) == size(whole(text).documents[0])


def test_a_pod_behind_the_mask_of_a_definition_is_examined() -> None:
    (pod,) = parse_manifest(Source("a.yaml", HEAD + POD + "kind: Pod\napiVersion: v1\n")).pods
    assert [container.name for container in pod.containers] == ["c"]


@pytest.mark.parametrize(
    ("schema", "line"),
    [("  a: [1\n", 5), ("  a: 1\n b: 2\n", 6), ("  a: *b\n", 5), ("  a: '\n", 5)],
)
def test_what_is_no_yaml_in_a_schema_is_said(schema: str, line: int) -> None:
    source = Source("crd.yaml", f"{HEAD}spec:\n{schema}")
    with pytest.raises(DocumentError) as raised:
        parse_manifest(source)
    problem = raised.value.problem(source)
    assert problem.kind is ProblemKind.UNPARSABLE
    assert problem.location is not None
    assert problem.location.start.line >= line
    with pytest.raises(YamlError) as expected:
        whole(source.text)
    assert raised.value.span == expected.value.span


def test_several_documents_are_told_apart() -> None:
    text = f"{HEAD}{SCHEMA}---\napiVersion: v1\nkind: Pod\n{POD}---\n{HEAD}{SCHEMA}"
    first, pod, second = read_yaml(text).documents
    assert size(first) == size(second) < 15
    assert Cursor(pod).at("spec", "containers", 0, "name").word() == "c"
    assert text[slice(*second.span)].startswith("apiVersion: apiextensions")
