from __future__ import annotations

import re

import pytest

from imagelint.knowledge.advisories import advisories, as_of, open_in
from imagelint.knowledge.engines import engines
from imagelint.knowledge.tables import table
from imagelint.knowledge.versions import compare_versions, version_key

ROWS = table("advisories")["entries"]


def test_every_row_can_be_judged() -> None:
    known = {*engines(), "torch", *(row["product"] for row in table("advisories")["products"])}
    for row in ROWS:
        assert row["product"] in known
        assert re.fullmatch(r"CVE-20\d{2}-\d{4,7}", row["id"])
        assert 0.0 <= row["score"] <= 10.0
        assert version_key(row["fixed"]) is not None
        assert not row["since"] or compare_versions(row["since"], row["fixed"]) == -1


def test_no_hole_of_a_product_is_named_twice() -> None:
    ids = [(row["product"], row["id"]) for row in ROWS]
    assert len(ids) == len(set(ids))


def test_rows_of_a_product_are_in_the_order_of_their_fixes() -> None:
    for product in {row["product"] for row in ROWS}:
        fixes = [version_key(advisory.fixed) for advisory in advisories(product)]
        known = [fix for fix in fixes if fix is not None]
        assert known == sorted(known)


def ids(product: str, version: str) -> set[str]:
    return {advisory.id for advisory in open_in(product, version)}


def test_open_holes() -> None:
    assert "CVE-2026-22778" in ids("vllm", "0.14.0")
    assert "CVE-2026-22778" not in ids("vllm", "0.14.1")
    assert "CVE-2026-22778" not in ids("vllm", "0.8.2")
    assert ids("vllm", "0.32.0") == set()
    assert ids("triton", "26.06") == set()
    assert "CVE-2026-47627" in ids("triton", "26.05")
    assert "CVE-2026-34159" in ids("llama.cpp", "8491")
    assert "CVE-2026-34159" not in ids("llama.cpp", "8492")
    assert ids("sglang", "0.5.10.post1") == {"CVE-2026-14890"}


@pytest.mark.parametrize("version", ["", "nightly", "latest"])
def test_what_is_no_version_has_no_open_holes(version: str) -> None:
    assert open_in("vllm", version) == ()


def test_a_product_that_is_not_known() -> None:
    assert advisories("no-such-product") == ()


def test_critical_ones_depend_on_nothing() -> None:
    by_id = {advisory.id: advisory for advisory in advisories("vllm")}
    assert by_id["CVE-2026-22778"].is_critical
    assert not by_id["CVE-2025-32444"].is_critical
    assert not by_id["CVE-2025-66448"].is_critical


def test_the_day_of_the_table() -> None:
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of())
