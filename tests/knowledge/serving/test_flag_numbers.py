from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.knowledge.engines import engine
from imagelint.knowledge.serving.flags import NumberForm, flag_history, number_flags
from imagelint.knowledge.tables import table

if TYPE_CHECKING:
    from imagelint.knowledge.serving.forms import FlagNumberRow

ROWS = table("flag_numbers")["numbers"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['engine']}-{row['form']}")
def test_flags_stand_there_once_by_the_names_under_which_they_are_kept(row: FlagNumberRow) -> None:
    known = engine(row["engine"])
    history = flag_history(row["engine"])
    assert row["source"]
    for flag in row["flags"]:
        assert known.canonical(flag) == flag
        assert history is None or history.knows(flag)
        assert sum(flag in other["flags"] for other in ROWS if other["engine"] == known.name) == 1
        assert number_flags(known.name)[flag].name == row["form"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("whole", ["64x", "two", "8k", "1.5", "1e3", "0x10", "90%", '"8"']),
        ("decimal", ["90%", "0,9", "high", "0.9f", "4Gi"]),
        ("tokens", ["8kb", "long", "32.k", "8k8"]),
    ],
)
def test_words_that_are_no_numbers(form: str, words: list[str]) -> None:
    assert [word for word in words if not NumberForm(form).refuses(word)] == []


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (
            "whole",
            ["64", "-1", "+8", "1_000", "None", "", "TP", "<n>", "$N", "@n@", "8 --tp", "%d"],
        ),
        ("decimal", [".9", "1e-1", "inf", "90", "%(share)s", "A_SHARE", "9" * 41 + "x"]),
        ("tokens", ["32k", "32K", "25.6k", "auto", "-1", "4096", "1t"]),
    ],
)
def test_words_that_are_numbers_or_may_become_some(form: str, words: list[str]) -> None:
    assert [word for word in words if NumberForm(form).refuses(word)] == []
