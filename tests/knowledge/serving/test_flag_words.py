"""The table of words that grow with the releases of engines."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from imagelint.knowledge.engines import engine
from imagelint.knowledge.serving.flags import flag_history, growing_words
from imagelint.knowledge.tables import table
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from imagelint.knowledge.serving.forms import FlagWordsRow

ROWS = table("flag_words")["words"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['engine']}-{row['flag']}")
def test_flags_and_releases_are_those_of_the_engine(row: FlagWordsRow) -> None:
    known = engine(row["engine"])
    history = flag_history(row["engine"])
    assert history is not None
    for flag in (row["flag"], row["plugin"], row["needs"]):
        assert not flag or (known.canonical(flag) == flag and history.knows(flag))
    assert all(at_least(later, earlier) for earlier, later in pairwise(row["releases"]))
    assert {*row["since"], *row["gone"]} <= set(row["releases"])
    words = [word for came in row["since"].values() for word in came]
    assert len(words) == len(set(words))
    assert {word for left in row["gone"].values() for word in left} <= set(words)


def test_a_release_between_two_that_were_read_may_have_a_word() -> None:
    parser = next(one for one in growing_words("vllm") if one.flag == "tool-call-parser")
    assert parser.came_after("qwen3_xml", "0.10.2") == "0.11.2"
    assert parser.came_after("qwen3_xml", "0.11.0") == ""
    assert parser.came_after("hermes", "0.1.0") == ""
    assert parser.left("minimax", "0.25.0") == "0.25.0"
    assert parser.left("minimax", "0.21.0") == ""
    assert parser.left("minimax", "0.99.0") == ""
