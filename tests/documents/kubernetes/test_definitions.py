from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.kubernetes import conforming, definitions
from imagelint.documents.kubernetes.conforming import violations
from imagelint.documents.kubernetes.definitions import DefinedKind, defined_kind, definitions_of
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: models.example.com}
spec:
  names: {kind: Model}
  preserveUnknownFields: true
  versions:
    - name: v1
      schema: {openAPIV3Schema: {type: object}}
    - name: v2
      served: false
    - name: v3
"""


def defined(text: str, name: str = "models.example.com") -> DefinedKind:
    found = defined_kind(parse_manifest(Source("a.yaml", text)), name)
    assert found is not None
    return found


def said(text: str, schema: dict[str, object], *, loose: bool = False) -> list[str]:
    found = violations(Cursor(load_yaml(text)[0]), schema, loose=loose)
    return [one.message for one in found]


def test_versions_that_are_served_are_known_with_their_schemas() -> None:
    assert defined(DEFINITION) == ("Model", {"v1": {"type": "object"}, "v3": None}, True)


def test_a_definition_in_a_list_is_read_like_any_other() -> None:
    inner = "".join(f"  {line}\n" for line in DEFINITION.splitlines())
    text = "apiVersion: v1\nkind: List\nitems:\n- " + inner[2:]
    assert set(defined(text).versions) == {"v1", "v3"}


@pytest.mark.parametrize(
    "text",
    [
        DEFINITION.replace("k8s.io/v1", "k8s.io/v1beta1"),
        DEFINITION.replace("models.example.com", "models"),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a.b}\n",
    ],
)
def test_other_objects_define_nothing(text: str) -> None:
    manifest = parse_manifest(Source("a.yaml", text))
    assert {defined_kind(manifest, obj.name) for obj in manifest.objects} == {None}


@pytest.mark.parametrize(
    "spec", ["", "spec: []", "spec: {versions: 1, names: []}", "spec: {names: {kind: 2020-13-45}}"]
)
def test_odd_definitions_know_no_version(spec: str) -> None:
    text = DEFINITION.partition("spec:")[0] + spec + "\n"
    assert defined(text).versions == {}


def test_a_schema_that_keeps_unknown_fields_refuses_none() -> None:
    schema: dict[str, object] = {"properties": {"a": {"type": "string"}}}
    assert said("{a: x, b: 1}", schema) == ["its schema has no field `b` there"]
    assert said("{a: x, b: 1}", schema, loose=True) == []
    assert said("{a: x, b: 1}", {**schema, "additionalProperties": True}) == []
    assert said("{a: x, '{{ b }}': 1}", schema) == []


def test_no_more_than_a_score_is_told() -> None:
    schema: dict[str, object] = {"items": {"type": "string"}}
    assert len(said(f"[{', '.join('1' * 100)}]", schema)) == 20


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("1.0", {"type": "integer"}),
        ("2", {"type": "number", "minimum": 2, "maximum": 2}),
        ("null", {"type": "string", "nullable": True}),
        ("null", {"type": "string"}),
        ("x", {"type": "unheard-of"}),
        ("x", {"type": ["string", "integer"]}),
        ("x", {"minLength": True, "maxLength": "5"}),
        ("[x]", {"items": [{"type": "integer"}]}),
        ("on", {"type": "boolean", "enum": [True]}),
    ],
)
def test_what_may_be_right_is_silent(text: str, schema: dict[str, object]) -> None:
    assert said(text, schema) == []


def test_what_may_be_defined_is_told_without_reading_the_schema() -> None:
    text = DEFINITION.replace("{type: object}", "{type: object, description: 'see kind: Other'}")
    manifest = parse_manifest(Source("a.yaml", text))
    keys = {mark.key for mark in manifest.landmarks() if mark.key[0] == "definitions of"}
    wanted = {definitions_of("example.com", kind) for kind in ("Model", "Other")}
    assert wanted <= keys


def test_what_was_meant_is_looked_for_no_oftener_than_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(conforming, "nearest", lambda word, _: asked.append(word))
    schema: dict[str, object] = {"properties": {"a": {"type": "string"}}}
    assert len(said(f"{{{', '.join(f'x{number}: 1' for number in range(200))}}}", schema)) == 20
    assert len(asked) == 20


def test_few_of_many_allowed_words_are_shown() -> None:
    schema: dict[str, object] = {"properties": {"a": {"enum": [f"w{one}" for one in range(50)]}}}
    (found,) = violations(Cursor(load_yaml("{a: x}")[0]), schema, loose=False)
    assert found.help.startswith("write one of `w0`, `w1`, ")
    assert found.help.endswith("`w9`, …")


def test_limits_are_told_in_full_and_those_beyond_all_numbers_are_none() -> None:
    def limited(limit: int) -> list[str]:
        return said("{a: 2147483648}", {"properties": {"a": {"maximum": limit}}})

    assert limited(2147483647) == ["`a` has to be at most 2147483647"]
    assert limited(-(10**5000)) == []


def test_prose_of_schemas_is_dropped_and_a_field_of_that_name_is_not() -> None:
    schema = "{type: object, description: of all, properties: {description: {type: string, "
    schema += "description: of one}}, items: [{description: x, default: {description: kept}}]}"
    text = DEFINITION.replace("{type: object}", schema)
    assert defined(text).versions["v1"] == {
        "type": "object",
        "properties": {"description": {"type": "string"}},
        "items": [{"default": {"description": "kept"}}],
    }


def test_what_aliases_repeat_in_a_schema_is_gone_through_once() -> None:
    schema: dict[str, object] = {"description": "x", "type": "object"}
    for _ in range(60):
        schema = {"allOf": [schema, schema]}
    cleaned = definitions._without_prose(schema)
    for _ in range(60):
        cleaned = cleaned["allOf"][1]  # type: ignore[index]
    assert cleaned == {"type": "object"}
