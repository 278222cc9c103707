from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.policy.builtin import PACKS
from imagelint.policy.schema import policy_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "policy.md").read_text(encoding="utf-8")
OWN_RULES = (DOCS / "custom-rules.md").read_text(encoding="utf-8")


def keys(schema: dict[str, Any]) -> Iterator[str]:
    for key, inside in schema.get("properties", {}).items():
        yield key
        if key not in ("rules", "custom-rules"):
            yield from keys(inside)
            yield from keys(inside.get("items", {}))


@pytest.mark.parametrize("key", sorted({*keys(policy_schema()), "level", "exempt"}))
def test_every_key_is_on_the_page(key: str) -> None:
    assert f"`{key}`" in PAGE or f"{key}:" in PAGE


@pytest.mark.parametrize(
    "key", sorted(policy_schema()["properties"]["custom-rules"]["items"]["properties"])
)
def test_every_key_of_a_rule_of_ones_own_is_on_its_page(key: str) -> None:
    assert f"`{key}`" in OWN_RULES


@pytest.mark.parametrize("pack", PACKS)
def test_every_pack_is_on_the_page(pack: str) -> None:
    assert f"| `{pack}` |" in PAGE
