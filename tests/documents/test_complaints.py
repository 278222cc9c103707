from __future__ import annotations

import copy

import pytest

from imagelint.core.source import Span
from imagelint.documents.base import Complaint
from imagelint.documents.complaints import DuplicateKey, UnclosedQuote


def test_a_complaint_is_always_of_a_kind() -> None:
    with pytest.raises(TypeError, match="of a kind"):
        Complaint(Span(0, 1), "a", "b")


def test_complaints_are_sorted_by_place_whatever_their_kind() -> None:
    later, sooner = DuplicateKey(Span(3, 4), "a", "b"), UnclosedQuote(Span(1, 2), "z", "y", "x")
    assert sorted([later, sooner]) == [sooner, later]


def test_a_kind_survives_a_copy() -> None:
    quote = copy.deepcopy(UnclosedQuote(Span(1, 2), "z", "y", "x"))
    assert (type(quote), quote.subject, quote.help) == (UnclosedQuote, "z", "x")


def test_a_text_too_long_for_a_name_is_no_subject() -> None:
    assert DuplicateKey(Span(0, 1), "a" * 200, "b").subject == "a" * 200
    assert DuplicateKey(Span(0, 1), "a" * 201, "b").subject == ""
