from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.core.source import Span
from imagelint.documents.yaml.cursor import Cursor, next_item
from imagelint.documents.yaml.load import load_yaml

TEXT = """\
spec:
  replicas: 2
  ratio: 0.5
  big: 1e3
  image: "a:1"
  flag: true
  word: yes
  other: off
  quoted: "yes"
  nothing:
  template: "{{ .Values.x }}"
  shell: ${HOME}/x
  labels: {app: web, "a.b/c": d, n: null, list: [1]}
  containers:
  - name: one
    args: [x]
  - image: b
  - just-a-word
"""


def root(text: str = TEXT) -> Cursor:
    (node,) = load_yaml(text)
    return Cursor(node)


def under(place: Cursor, text: str = TEXT) -> str:
    return text[place.span.start : place.span.end]


def test_facts_carry_the_place_of_their_value() -> None:
    spec = root()["spec"]
    fact = spec["image"].text()
    assert isinstance(fact, Known)
    assert fact.value == "a:1"
    assert fact.span is not None
    assert TEXT[fact.span.start : fact.span.end] == '"a:1"'


@pytest.mark.parametrize(
    ("key", "text", "integer", "number", "boolean"),
    [
        ("replicas", "2", 2, 2.0, UNKNOWN),
        ("ratio", "0.5", UNKNOWN, 0.5, UNKNOWN),
        ("big", "1e3", 1000, 1000.0, UNKNOWN),
        ("image", "a:1", UNKNOWN, UNKNOWN, UNKNOWN),
        ("flag", "true", UNKNOWN, UNKNOWN, True),
        ("word", "yes", UNKNOWN, UNKNOWN, True),
        ("other", "off", UNKNOWN, UNKNOWN, False),
        ("quoted", "yes", UNKNOWN, UNKNOWN, UNKNOWN),
        ("nothing", ABSENT, ABSENT, ABSENT, ABSENT),
        ("missing", ABSENT, ABSENT, ABSENT, ABSENT),
        ("template", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        ("shell", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        ("containers", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_what_is_read_is_known_absent_or_unknown(
    key: str, text: object, integer: object, number: object, boolean: object
) -> None:
    place = root()["spec"][key]
    assert _bare(place.text()) == text
    assert _bare(place.integer()) == integer
    assert _bare(place.number()) == number
    assert _bare(place.boolean()) is boolean
    assert place.word() == (text if isinstance(text, str) else "")


def _bare(fact: Fact[str] | Fact[int] | Fact[float] | Fact[bool]) -> object:
    return fact.value if isinstance(fact, Known) else fact


def test_numbers_beyond_floats_are_unknown() -> None:
    for text in (
        "9" * 390,
        "-" + "9" * 20,
        "9223372036854775808",
        ".inf",
        "-.inf",
        ".nan",
        "1e999",
    ):
        assert root(f"a: {text}")["a"].number() is UNKNOWN
        assert root(f"a: {text}")["a"].integer() is UNKNOWN
    assert root("a: 9223372036854775807")["a"].integer() == Known(2**63 - 1, Span(3, 22))


def test_paths_are_logical_and_complete() -> None:
    spec = root()["spec"]
    assert spec["containers"][0].at("args", 0).path == "spec.containers[0].args[0]"
    assert spec.at("labels", "a.b/c").path == 'spec.labels["a.b/c"]'
    assert [place.path for _, place in spec["labels"].entries()][:2] == [
        "spec.labels.app",
        'spec.labels["a.b/c"]',
    ]
    assert Cursor(None, "items[0]")["a"].path == "items[0].a"
    assert "spec.containers" in repr(spec["containers"])


def test_absent_places_report_the_key_of_what_exists() -> None:
    spec = root()["spec"]
    missing = spec.at("securityContext", "runAsUser")
    assert not missing.exists
    assert missing.path == "spec.securityContext.runAsUser"
    assert under(missing) == "spec"
    assert under(spec["containers"][0]["image"]) == "name: one"
    assert under(spec["containers"][0]["args"][7]) == "args"
    assert under(spec["containers"][2]["x"]) == "just-a-word"
    assert under(spec["nothing"]) == "nothing"
    assert spec["nothing"].null
    assert spec["nothing"].exists


def test_the_root_points_at_its_first_key() -> None:
    assert under(root("kind: Pod\nspec: {}\n")["metadata"], "kind: Pod\nspec: {}\n") == "kind: Pod"
    assert under(root()["metadata"]) == "spec"
    assert Cursor(None).span == Span(0, 0)


def test_a_table_chooses_entries_by_key_and_items_by_number() -> None:
    place = root("a: 1\nb: [x, y, z]\nc: {}\na: 2\n")
    assert [(one.path, said) for one, said in place.chosen({"a": 1, "d": 2})] == [
        ("a", 1),
        ("a", 1),
    ]
    assert [(one.path, said) for one, said in place.chosen({"c": 1, "*": 2})] == [
        *(("a", 2), ("b", 2), ("c", 1), ("a", 2))
    ]
    items = place["b"].chosen({"1": "second"})
    assert [(one.path, said, under(one, "a: 1\nb: [x, y, z]\n")) for one, said in items] == [
        ("b[1]", "second", "y")
    ]
    assert len(place["b"].chosen({"*": 1})) == 3
    assert place["a"].chosen({"*": 1}) == place["d"].chosen({"*": 1}) == []


def test_branches_are_what_may_hold_more() -> None:
    place = root("a: 1\nb: [x, [y], {z: 1}]\nc: {}\nd:\n")
    assert [one.path for one in place.branches()] == ["b", "c"]
    assert [one.path for one in place["b"].branches()] == ["b[1]", "b[2]"]
    assert place["a"].branches() == place["e"].branches() == []


def test_items_and_entries_of_other_things_are_empty() -> None:
    spec = root()["spec"]
    assert [place.key for place in spec["containers"].items()] == ["[0]", "[1]", "[2]"]
    assert spec["replicas"].items() == ()
    assert spec["replicas"].entries() == ()
    assert spec["containers"]["name"].node is None
    assert spec["labels"][0].node is None
    assert spec["containers"][-1].node is None


def test_pairs_are_the_known_strings() -> None:
    assert root()["spec"]["labels"].pairs() == (("app", "web"), ("a.b/c", "d"))


def test_templated_tells_scalars_that_something_else_fills() -> None:
    spec = root()["spec"]
    assert spec["template"].templated
    assert not spec["image"].templated
    assert not spec["containers"].templated


def test_values_of_facts_can_be_asked_with_a_default() -> None:
    assert value_or(root()["spec"]["replicas"].integer(), 1) == 2


def test_the_place_behind_a_list() -> None:
    root = Cursor(load_yaml("{items: [a, b], empty: [], word: x}")[0])
    assert next_item(root["items"]).path == "items[2]"
    assert not next_item(root["items"]).exists
    for name in ("empty", "word", "nothing"):
        assert next_item(root[name]).path == name
