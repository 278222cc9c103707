"""Text to YAML nodes: against PyYAML as oracle, and against everything that is not YAML."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.documents.yaml.load import (
    Mapping,
    Scalar,
    Sequence,
    YamlError,
    YamlNode,
    load_yaml,
    looks_templated,
    read_yaml,
)
from imagelint.documents.yaml.schema import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

# Not even YAML's own writer can write U+FFFE and U+FFFF.
_LETTERS = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")
_TEXTS = st.text(_LETTERS, max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)
_PIECES = st.sampled_from(
    [
        *(
            "a: ",
            "b:\n",
            "- ",
            "  ",
            "\n",
            "&x ",
            "*x",
            "<<: ",
            "{",
            "}",
            "[",
            "]",
            ",",
            "|\n",
            ">-\n",
        ),
        *(
            "'",
            '"',
            "é",
            "😀",
            "\t",
            "#",
            " # c",
            "? ",
            "---\n",
            "...\n",
            "!!str ",
            "!t ",
            "{{ x }}",
        ),
        *("\r\n", "\ufeff", "%YAML 1.2\n", "null", "~", "\x00", "\ud800", "\u2028", "\x85", "\\n"),
    ]
)
_YAML_LIKE = st.lists(_PIECES, max_size=30).map("".join)


def one(text: str) -> YamlNode:
    (node,) = load_yaml(text)
    return node


def attempt(text: str) -> tuple[YamlNode, ...] | YamlError:
    try:
        return load_yaml(text)
    except YamlError as error:
        return error


def plain(node: YamlNode) -> object:
    """What the nodes mean, as PyYAML would build it."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {entry.key.text: plain(entry.value) for entry in node.entries}


def walk(node: YamlNode) -> Iterator[YamlNode]:
    yield node
    if isinstance(node, Sequence):
        for item in node.items:
            yield from walk(item)
    elif isinstance(node, Mapping):
        for entry in node.entries:
            yield entry.key
            yield from walk(entry.value)


@given(_JSON)
@settings(max_examples=150, deadline=None)
def test_what_pyyaml_writes_is_read_as_it_was(value: object) -> None:
    for flow in (True, False):
        text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, width=30)
        assert plain(one(text)) == value


@given(_JSON)
@settings(max_examples=100, deadline=None)
def test_json_is_yaml(value: object) -> None:
    assert plain(one(json.dumps(value, ensure_ascii=False))) == value


@given(_TEXTS)
@settings(max_examples=100, deadline=None)
def test_escapes_of_json_are_read(text: str) -> None:
    assert plain(one(json.dumps({"a": text, "b": [text, "c"]}))) == {"a": text, "b": [text, "c"]}


def test_escapes_of_json_keep_their_places() -> None:
    text = '{"a": "x \\ud83d\\ude00 y", "b": "\\\\ud83d\\u00e9", "c": 1}'
    assert plain(one(text)) == json.loads(text)
    node = one(text)
    assert isinstance(node, Mapping)
    assert text[slice(*node.entries[2].span)] == '"c": 1'


@given(_YAML_LIKE | st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    documents = attempt(text)
    if isinstance(documents, YamlError):
        assert 0 <= documents.offset <= len(text)
        assert documents.span == (documents.offset, documents.offset)
        assert str(documents)
        return
    for document in documents:
        for node in walk(document):
            assert 0 <= node.span.start <= node.span.end <= len(text)
            if isinstance(node, Scalar):
                assert text[node.span.start : node.span.end] == node.raw


@given(_YAML_LIKE)
@settings(max_examples=100, deadline=None)
def test_pyyaml_agrees_on_what_is_yaml(text: str) -> None:
    try:
        count = sum(1 for _ in yaml.compose_all(text, yaml.CSafeLoader))
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        if "duplicate anchor" in str(error):
            return  # an anchor may be used again: https://yaml.org/spec/1.2.2/#3222-anchors-and-aliases
        with pytest.raises(YamlError):
            load_yaml(text)
        return
    assert len(load_yaml(text)) == count


def test_spans_count_code_points_also_behind_a_byte_order_mark() -> None:
    text = "\ufeffé: 😀 b\nc: 'd'\n"
    for node in walk(one(text)):
        if isinstance(node, Scalar):
            assert text[node.span.start : node.span.end] == node.raw
    assert plain(one(text)) == {"é": "😀 b", "c": "d"}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("nUll", "nUll"),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("off", "off"),
        ("y", "y"),
        ("0o14", 12),
        ("0xFf", 255),
        ("0x", "0x"),
        ("014", 12),
        ("08", 8.0),
        ("0b101", 5),
        ("-0X1f", -31),
        ("0O7", 7),
        ("0b2", "0b2"),
        ("+7", 7),
        ("-0", 0),
        ("1_000", 1000),
        ("0_", 0),
        ("_1", "_1"),
        ("1_0.5", 10.5),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5e-1", -0.05),
        (".", "."),
        ("-", "-"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("12:30:45", "12:30:45"),
        ("2026-01-01", "2026-01-01"),
        ("v1.2", "v1.2"),
        ("1.2.3", "1.2.3"),
        ("9" * 500, "9" * 500),
        ("1e999", math.inf),
    ],
)
def test_plain_scalars_are_what_go_makes_of_them(word: str, value: object) -> None:
    assert resolve(word) == value
    assert type(resolve(word)) is type(value)


def test_not_a_number_is_one_of_the_numbers() -> None:
    value = resolve(".nan")
    assert isinstance(value, float)
    assert math.isnan(value)


def test_quotes_blocks_and_string_tags_make_strings() -> None:
    text = "a: '1'\nb: |\n  2\n\nc: !!str 3\nd: &x 4\ne: >-\n  5\n  6\n"
    node = one(text)
    assert plain(node) == {"a": "1", "b": "2\n", "c": "3", "d": 4, "e": "5 6"}
    assert isinstance(node, Mapping)
    written = [text[entry.value.span.start : entry.value.span.end] for entry in node.entries]
    assert written == ["'1'", "|\n  2", "3", "4", ">-\n  5\n  6"]
    blocks = [isinstance(entry.value, Scalar) and entry.value.block for entry in node.entries]
    assert blocks == [False, True, False, False, True]


def test_spans_of_collections_end_with_their_last_item() -> None:
    text = "a:\n  b: [1, {c: 2}]\n\n  # tail\nd: &n\n- 1\n- 2\n"
    node = one(text)
    assert isinstance(node, Mapping)
    first, second = (entry.value.span for entry in node.entries)
    assert text[first.start : first.end] == "b: [1, {c: 2}]"
    assert text[second.start : second.end] == "- 1\n- 2"
    assert text[slice(*node.entries[0].span)] == "a:\n  b: [1, {c: 2}]"


def test_aliases_share_the_node() -> None:
    node = one("a: &x {b: 1}\nc: *x\nd: [*x]\n")
    assert isinstance(node, Mapping)
    assert node.get("c") is node.get("a")
    assert node.entries[1].span == (13, 14)
    assert node.get("z") is None


def test_merge_keys_fill_in_what_is_not_there() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 5\nd: {<<: *b}\n"
    assert plain(one(text)) == {
        "a": {"x": 1, "y": 2},
        "b": {"y": 3, "z": 4},
        "c": {"x": 5, "y": 2, "z": 4},
        "d": {"y": 3, "z": 4},
    }


@pytest.mark.parametrize("text", ["<<: 1\n", "<<: [1]\n", "'<<': {a: 1}\n"])
def test_what_only_looks_like_a_merge_key_stays(text: str) -> None:
    node = one(text)
    assert isinstance(node, Mapping)
    assert [entry.key.text for entry in node.entries] == ["<<"]


def test_keys_written_twice_are_told_and_the_last_one_counts() -> None:
    stream = read_yaml("a: 1\nb: 2\na: 3\n1: x\n'1': y\n")
    assert [key.span.start for key in stream.duplicates] == [10, 20]
    (node,) = stream.documents
    assert isinstance(node, Mapping)
    value = node.get("a")
    assert isinstance(value, Scalar)
    assert value.value == 3


def test_several_documents_and_anchors_that_end_with_theirs() -> None:
    assert len(load_yaml("a: 1\n---\n---\n- b\n...\n")) == 3
    assert load_yaml("") == ()
    with pytest.raises(YamlError, match="nothing is anchored as &x"):
        load_yaml("a: &x 1\n---\nb: *x\n")


def test_bare_braces_of_a_template_are_one_value() -> None:
    text = "image: {{ .Values.image }}\nports: [{{ .Values.port }}]\n"
    node = one(text)
    assert plain(node) == {"image": "{{ .Values.image }}", "ports": ["{{ .Values.port }}"]}
    image = node.get("image") if isinstance(node, Mapping) else None
    assert isinstance(image, Scalar)
    assert not image.plain


def test_a_collection_as_key_is_kept_as_it_is_written() -> None:
    assert plain(one("? [a, b]\n: c\n")) == {"[a, b]": "c"}


@pytest.mark.parametrize(
    "text",
    [
        "{{- if .Values.on }}\na: 1\n{{- end }}\n",
        "a:\n  {{- toYaml .Values.a | nindent 2 }}\n",
        'a: {{ include "b" . }}-c\n',
        "{% for a in b %}\n- {{ a }}\n{% endfor %}\n",
    ],
)
def test_templates_are_told_from_broken_yaml(text: str) -> None:
    with pytest.raises(YamlError) as caught:
        load_yaml(text)
    assert caught.value.template
    assert looks_templated(text)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("a: b: c\n", 4, "mapping values are not allowed"),
        ("a: [1\n", 6, "did not find expected"),
        ('a: "x\nb: 1\nc: 2\n', 3, "unexpected end of stream"),
        ("é: 1\na: 'x\nb: 1\n", 8, "unexpected end of stream"),
        ("a:\tb\n\tc: d\n", 5, "tab character"),
        ("a: \x00", 3, r"U\+0000"),
        ("é: \ud800", 3, r"U\+D800"),
        ("a: *b", 3, "nothing is anchored"),
        ("a: &a [*a]", 7, "stands within what it refers to"),
    ],
)
def test_broken_yaml_is_refused_with_its_place(text: str, offset: int, message: str) -> None:
    with pytest.raises(YamlError, match=message) as caught:
        load_yaml(text)
    assert caught.value.offset == offset
    assert not caught.value.template
    assert not caught.value.too_large


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10_000,
        "- " * 10_000,
        "{a: " * 10_000,
        "\n".join("  " * depth + "a:" for depth in range(1_000)),
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(YamlError, match=r"levels deep|nesting depth") as caught:
        load_yaml(text)
    assert caught.value.too_large


def test_depth_counts_through_aliases() -> None:
    levels = "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 300))
    with pytest.raises(YamlError, match="levels deep"):
        load_yaml(f"a0: &a0 x\n{levels}\n")


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(YamlError, match="aliases") as caught:
        load_yaml("\n".join(lines))
    assert caught.value.too_large


def test_a_bomb_of_merge_keys_is_refused() -> None:
    lines = ["a0: &a0 {k0: 1}"]
    lines += [f"a{n}: &a{n} {{<<: *a{n - 1}, k{n}: 1}}" for n in range(1, 1_000)]
    with pytest.raises(YamlError, match="aliases"):
        load_yaml("\n".join(lines))


def test_a_hundred_thousand_keys_are_fine() -> None:
    node = one("\n".join(f"k{n}: {n}" for n in range(100_000)))
    assert isinstance(node, Mapping)
    assert len(node.entries) == 100_000


def test_too_many_nodes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagelint.documents.yaml.builder._MOST_NODES", 10)
    with pytest.raises(YamlError, match="more than 10 nodes") as caught:
        load_yaml("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]")
    assert caught.value.too_large


def test_the_parser_written_in_python_does_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert plain(one("a: [1, 'b']\nc: |\n  d\n")) == {"a": [1, "b"], "c": "d\n"}
    with pytest.raises(YamlError, match="mapping values"):
        load_yaml("a: b: c")


def test_of_many_keys_each_is_found_and_the_last_of_its_name_counts() -> None:
    text = "".join(f"k{number}: {number}\n" for number in range(200)) + "k7: again\n7: x\n"
    mapping = one(text)
    assert isinstance(mapping, Mapping)
    assert mapping == Mapping(mapping.span, tuple(mapping.entries))
    plain = Mapping(mapping.span, tuple(mapping.entries))
    for name in ("k0", "k7", "k199", "7", "none", ""):
        assert mapping.entry(name) == plain.entry(name)
    found = mapping.get("k7")
    assert isinstance(found, Scalar)
    assert found.value == "again"
