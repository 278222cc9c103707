"""What of a text cannot be expanded."""

from __future__ import annotations

import pytest

from imagelint.documents.dockerfile.expansion.failures import first_failure
from imagelint.documents.dockerfile.expansion.variables import ExpansionStyle, unset

_FILE = ExpansionStyle(quotes=False)


@pytest.mark.parametrize(
    "text",
    ["", "plain\n", "it's ${A:-b}\n", "${A:-a\nb}\n", "\\${A^^}\n", "${A:?demanded} ${B^^}\n"],
)
def test_what_is_expanded_is_not_refused(text: str) -> None:
    assert first_failure(text, unset, _FILE) is None


def test_the_place_is_that_of_the_last_substitution_of_its_line() -> None:
    refusal = first_failure("a ${A}\nb ${A##*/} ${B:0:8} c\n", unset, _FILE)
    assert refusal is not None
    assert refusal.start == len("a ${A}\nb ${A##*/} ")
    assert refusal.message.startswith("unsupported modifier")


def test_a_line_of_many_substitutions_is_told_of_at_its_first() -> None:
    refusal = first_failure("${A^^} " + "${A} " * 40, unset, _FILE)
    assert refusal is not None
    assert refusal.start == 0
