"""The keys of structures that servers are told."""

from __future__ import annotations

import pytest

from imagelint.knowledge.engines import engine
from imagelint.knowledge.serving.flags import flag_history
from imagelint.knowledge.settings.keys import setting_keys
from imagelint.knowledge.tables import table

ROWS = table("setting_keys")["settings"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['engine']}-{row['flag']}")
def test_flags_are_those_of_the_engine_and_words_belong_to_keys(row: dict[str, str]) -> None:
    history = flag_history(row["engine"])
    assert history is not None
    assert not row["flag"] or history.knows(row["flag"])
    assert engine(row["engine"]).canonical(row["flag"]) == row["flag"]
    assert set(row["words"]) <= set(row["keys"])
    assert set(row["closed"]) <= set(row["words"])


def test_a_key_is_meant_only_where_it_is_near() -> None:
    (row,) = setting_keys("vllm")["kv-transfer-config"]
    assert row.meant("kv_rol") == "kv_role"
    assert row.meant("kv_role") == ""
    assert row.meant("other") == ""
    assert row.meant_word("kv_role", "KV_BOTH") == ""
    assert row.meant_word("kv_role", "x") == "one of kv_both, kv_consumer, kv_producer"
    assert row.meant_word("kv_load_failure_policy", "x") == ""
    assert row.meant_word("kv_load_failure_policy", "fails") == "`fail`"
    assert row.meant_word("kv_ip", "x") == ""


def test_releases_are_covered_up_to_the_newest_that_was_read() -> None:
    (row,) = setting_keys("vllm")["kv-transfer-config"]
    assert row.covers("0.11.0")
    assert not row.covers("0.99.0")
    assert not row.covers("")
    assert not setting_keys("tensorrt-llm")[""][0].covers("1.0.0")


def test_without_keys_any_is_taken() -> None:
    (row,) = setting_keys("vllm")["hf-overrides"]
    assert row.meant("anything") == ""
