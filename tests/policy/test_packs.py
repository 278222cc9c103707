from __future__ import annotations

from pathlib import Path

import pytest

from imagelint.core.finding import Confidence
from imagelint.core.source import Source
from imagelint.policy.builtin import PACKS
from imagelint.policy.check import complaints
from imagelint.policy.compile import compile_packs
from imagelint.policy.load import pack
from imagelint.policy.text import read_text
from imagelint.rules import catalog

ROOT = Path(__file__).parents[2]
SOURCES = [
    Source(path.name, path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "policies").glob("*.yaml"))
]


def test_the_compiled_packs_are_those_of_the_folder() -> None:
    compiled = (ROOT / "imagelint" / "policy" / "builtin.py").read_text(encoding="utf-8")
    assert compile_packs(SOURCES) == compiled


def test_any_value_survives_compiling() -> None:
    text = 'name: "q\\"\\\\\\n"\nfail-on: low\nrules: {a: {x: [1, b], y: [c], z: true, n: null}}\n'
    names: dict[str, object] = {}
    exec(compile_packs([Source("a", text)]), names)  # noqa: S102 - it is our own output
    assert names["PACKS"] == {'q"\\\n': read_text(Source("a", text)).data}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.origin)
def test_a_pack_is_a_valid_policy_named_like_its_file(source: Source) -> None:
    text = read_text(source)
    assert complaints(text) == ()
    assert isinstance(text.data, dict)
    assert f"{text.data['name']}.yaml" == source.origin


# What takes long: on where it is named.
IN_NO_PACK = {"shell-mistake"}


def test_every_rule_is_in_a_pack() -> None:
    held = {name for pack_name in PACKS for name in pack(pack_name).rules}
    missing = set(catalog.names()) - held - IN_NO_PACK
    assert missing == set(), "give each a line in a pack of policies/, or a reason in IN_NO_PACK"
    assert held | IN_NO_PACK == set(catalog.names())
    assert not held & IN_NO_PACK


def test_packs_are_progressive() -> None:
    baseline, recommended, strict = (
        set(pack(name).enabled) for name in ("baseline", "recommended", "strict")
    )
    assert baseline < recommended < strict


def test_strict_fails_on_no_less_than_what_it_extends() -> None:
    levels = [pack(name).threshold for name in ("baseline", "recommended", "strict")]
    assert levels == sorted(levels, reverse=True)


def test_gpu_serving_is_orthogonal() -> None:
    assert not set(pack("gpu-serving").rules) & set(pack("strict").rules)


@pytest.mark.parametrize("name", pack("baseline").enabled)
def test_baseline_holds_only_what_is_certain(name: str) -> None:
    assert catalog.load(name).confidence is Confidence.CERTAIN
