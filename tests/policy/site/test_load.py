from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.core.source import Source
from imagelint.knowledge.site.names import engine_names, option_names
from imagelint.policy.digest import policy_digest
from imagelint.policy.load import load_policy
from imagelint.policy.site.load import LARGEST, SECTIONS, site_facts
from imagelint.policy.site.schema import MOST_ENTRIES, knowledge_schema
from imagelint.policy.site.show import counted, overridden
from tests.knowledge.site.facts import SITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.model import Policy


def complaints(text: str) -> list[str]:
    """What is wrong with a file, each with its place and its advice."""
    with pytest.raises(PolicyError) as caught:
        site_facts(Source("site.yaml", text))
    return [said(one) for one in caught.value.complaints]


def said(one: Diagnostic) -> str:
    return " / ".join(filter(None, (one.at.removeprefix("site.yaml"), one.message, one.help)))


def policy(text: str, **files: str) -> Policy:
    """The policy of a text beside some files, `_` standing for the dot in their names."""
    there = {f"p/{name.replace('_', '.')}": held for name, held in files.items()}

    def read(origin: str) -> Source:
        if origin not in there:
            raise OSError("no such file")
        return Source(origin, there[origin])

    return load_policy(Source("p/.imagelint.yaml", text), read)


def test_a_file_is_read_section_by_section() -> None:
    facts = site_facts(Source("site.yaml", SITE))
    assert tuple(one.section for one in facts) == SECTIONS
    assert {(one.asof, one.source, one.stale_after) for one in facts} == {
        ("2026-11-20", "wiki.example.com/gpus", 90)
    }
    assert json.loads(facts[0].entries)[0]["product"] == "ACME-X200-96GB"
    assert counted(facts).startswith("gpus 1, engines 4, mirrors 2")


def test_every_section_of_the_schema_is_read() -> None:
    assert {*knowledge_schema()["properties"]} - {"asof", "source", "stale-after"} == {*SECTIONS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpu: []", ":1:1 / unknown key `gpu` / did you mean `gpus`?"),
        ("gpus: {}", ":1:7 / expected a list, found a mapping / Products of GPUs."),
        (
            'gpus: [{product: X, memory: 1, capability: "9.0", memmory: 2}]',
            ":1:51 / unknown key `memmory` / did you mean `memory`?",
        ),
        (
            'gpus: [{product: X, capability: "9.0"}]',
            ":1:8 / `memory` is missing / GB of one device, as sold.",
        ),
        (
            "gpus: [{product: X, memory: 1, capability: 9.0}]",
            ':1:44 / expected a text, found a number / put it in quotes: "9.0"',
        ),
        (
            'gpus: [{product: X, memory: .inf, capability: "9.0"}]',
            ":1:29 / .inf is more than 10000",
        ),
        ('gpus: [{product: X, memory: .nan, capability: "9.0"}]', ":1:29 / that is no number"),
        ('gpus: [{product: X, memory: 0, capability: "9.0"}]', ":1:29 / 0 is less than 0.01"),
        ("asof: yesterday", ":1:7 / `yesterday` is not a date"),
        ("engines: [{is: vlm, images: [a/b]}]", "did you mean `vllm`?"),
        ("engines: [{images: [a/b]}]", ":1:11 / an entry says either `is` or `name`"),
        ("engines: [{is: vllm}]", ":1:11 / `images` is missing: which hold it"),
        (
            "engines: [{is: vllm, images: [a/b], port: 80}]",
            ":1:37 / `port` is for an engine of your own",
        ),
        ("engines: [{name: a, programs: [a]}]", ":1:11 / `port` is missing"),
        (
            'engines: [{is: vllm, images: [a/b], tags: "*{version}*-*"}]',
            ":1:43 / the tag `*{version}*-*` has more than 2 stars",
        ),
        (
            'engines: [{is: vllm, images: [a/b], tags: "{version}{version}"}]',
            "says {version} twice",
        ),
        (
            'engines: [{is: vllm, images: [a/b], tags: "[ab]"}]',
            "may hold * and {version}, and nothing else that stands for something",
        ),
        (
            "engines: [{name: x, like: vllm, programs: [python -m]}]",
            ":1:44 / `python -m` may start anything / name the module: python -m acme",
        ),
        (
            "engines: [{name: index, like: vllm}]",
            ":1:18 / no engine can be named `index`",
        ),
        ("mirrors: [{prefix: 'a*', upstream: b}]", ":1:20"),
        (
            'base-images: [{image: a/b, cuda: "12.4", tags: "{cuda}"}]',
            ":1:28 / the tag tells the release by {cuda}",
        ),
        (
            'base-images: [{image: a/b, root: true, user: "1"}]',
            ":1:28 / it runs either as root or as a user",
        ),
        (
            "operators: [{group: a.b, kinds: [K], adds: {containers: [], volumes: true}}]",
            "nothing is added to no container",
        ),
        (
            "operators: [{group: a.b, kinds: [K], tells: {engine: vlm}}]",
            ":1:54 / no engine is named `vlm` / did you mean `vllm`?",
        ),
        ("models: [{name: Corp/LLM, parameters: 3}]", ":1:17"),
        ("", ":1:1 / it says nothing"),
        ("gpus: []\ngpus: []", ":2:1 / the key `gpus` is written twice"),
        ("gpus: [", "this is not YAML"),
        ("a: 1\n---\nb: 2", "here a second begins"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, expected: str) -> None:
    assert any(expected in one for one in complaints(text)), complaints(text)


def test_all_is_told_at_once_in_the_order_of_the_text() -> None:
    found = complaints("gpu: []\nmirrors: [{prefix: a}]\nstale-after: 0")
    assert [one.partition(" ")[0] for one in found] == [":1:1", ":2:11", ":3:14"]


def test_what_is_huge_is_refused_before_it_is_read() -> None:
    (told,) = complaints(f"source: {'x' * LARGEST}")
    assert "more than 1,000,000 characters" in told
    rows = ", ".join("{prefix: a, upstream: b}" for _ in range(MOST_ENTRIES + 1))
    (told,) = complaints(f"mirrors: [{rows}]")
    assert f"there are more than {MOST_ENTRIES}" in told


def test_aliases_of_aliases_end() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert complaints("\n".join(lines))


def leaves(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, part in schema.get("properties", {}).items():
        yield (*path, name)
        yield from leaves(part.get("items", part), (*path, name))
        for one in part.get("anyOf", ()):
            yield from leaves(one, (*path, name))


@pytest.mark.parametrize("path", sorted({*leaves(knowledge_schema())}), ids="/".join)
def test_every_key_is_described_and_tried(path: tuple[str, ...]) -> None:
    assert f"{path[-1]}:" in SITE or path[-1] in (*option_names(), "note")


def test_engines_that_are_known_may_be_named() -> None:
    for name in engine_names():
        assert site_facts(Source("s", f"engines: [{{is: {name}, images: [a/b]}}]"))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        site_facts(Source("site.yaml", text))
    except PolicyError as error:
        assert error.complaints  # noqa: PT017 - either is right


def test_entries_tell_what_they_override() -> None:
    text = """\
gpus: [{product: NVIDIA-H100-80GB-HBM3, memory: 64, capability: "9.0"}]
engines: [{name: vllm, port: 1}, {is: vllm, images: [vllm/vllm-openai]}]
mirrors: [{prefix: a/, upstream: b}, {prefix: a, upstream: c}]
base-images: [{image: docker.io/library/ubuntu, user: "1"}]
operators: [{group: leaderworkerset.x-k8s.io, kinds: ["*"]}]
models: [{name: mixtral-8x7b, heads: 1, context: 1}]
node-labels: [{key: nvidia.com/gpu.product}]
"""
    assert [*overridden(site_facts(Source("s", text)))] == [
        "gpus: `NVIDIA-H100-80GB-HBM3` overrides what is known of it",
        "engines: `vllm` overrides what is known of it",
        "mirrors: `a` is said before: the last counts",
        "base-images: `docker.io/library/ubuntu:*` overrides what is known of it",
        "operators: `* of leaderworkerset.x-k8s.io` overrides what is known of it",
        "models: `mixtral-8x7b` overrides what is known of it",
        "node-labels: `nvidia.com/gpu.product` overrides what is known of it",
    ]


def test_a_policy_has_the_facts_of_its_files_the_last_last() -> None:
    one, two = "mirrors: [{prefix: a, upstream: b}]", "mirrors: [{prefix: a, upstream: c}]"
    found = policy("knowledge: [one.yaml, two.yaml]", one_yaml=one, two_yaml=two)
    assert [each.origin for each in found.environment.knowledge] == ["p/one.yaml", "p/two.yaml"]
    alone = policy("knowledge: one.yaml", one_yaml=one)
    assert [each.name for each in alone.environment.knowledge] == ["p/one.yaml: mirrors"]
    assert len({policy_digest(each) for each in (found, alone, policy("rules: {}"))}) == 3


def test_what_a_policy_extends_lies_below_it() -> None:
    found = policy(
        "extends: [base.yaml]\nknowledge: [two.yaml]",
        base_yaml="knowledge: [one.yaml]",
        one_yaml="mirrors: [{prefix: a, upstream: b}]",
        two_yaml="mirrors: [{prefix: a, upstream: c}]",
    )
    assert [each.origin for each in found.environment.knowledge] == ["p/one.yaml", "p/two.yaml"]


def test_where_the_facts_are_written_decides_nothing() -> None:
    text = "mirrors: [{prefix: a, upstream: b}]"
    one = policy("knowledge: one.yaml", one_yaml=text)
    two = policy("knowledge: two.yaml", two_yaml=text)
    assert policy_digest(one) == policy_digest(two)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("knowledge: [gone.yaml]", "p/.imagelint.yaml:1:13 `gone.yaml` cannot be read"),
        ("knowledge: [/etc/passwd]", "`/etc/passwd` is not a file near this one"),
        ("knowledge: {a: b}", "expected a text, found a mapping"),
        ("knowledge: [bad.yaml]", "p/bad.yaml:1:1 unknown key `gpu`"),
    ],
)
def test_a_policy_with_a_wrong_file_is_refused(text: str, expected: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy(text, bad_yaml="gpu: []")
    assert any(expected in f"{one.at} {one.message}" for one in caught.value.complaints)
