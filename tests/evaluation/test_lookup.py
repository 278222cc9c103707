"""The metric of a dimension in files of results: what tools say of all, and what samples hold."""

from __future__ import annotations

import pytest

from imagelint.documents.evaluation.results import (
    Aggregate,
    ResultFacts,
    ResultFile,
    SampleTable,
)
from imagelint.evaluation.lookup import Measured, measured


def held(origin: str, scores: list[float], whole: Aggregate) -> ResultFile:
    samples = SampleTable()
    for index, score in enumerate(scores):
        samples.add(f"q{index}", {"m": score})
    return ResultFile(origin, "tool", {"m": whole}, samples, ResultFacts(), ())


@pytest.mark.parametrize("whole", [Aggregate(0.9), Aggregate(0.9, is_mean=True)])
def test_shares_that_contradict_their_samples_cannot_be_told(whole: Aggregate) -> None:
    found = measured("m", [held("r", [0, 0, 1, 1], whole)])
    assert found == "is 0.9 in all, but its samples have a mean of 0.5"


def test_what_is_no_mean_of_its_samples_is_taken_as_the_tool_says_it() -> None:
    found = measured("m", [held("r", [-1.0, -1.4], Aggregate(3.3))])
    assert isinstance(found, Measured)
    assert (found.value, found.cases) == (3.3, None)


def test_what_is_the_mean_of_its_samples_keeps_them() -> None:
    found = measured("m", [held("r", [2.0, 4.0], Aggregate(3.0))])
    assert isinstance(found, Measured)
    assert (found.value, found.size) == (3.0, 2)


def test_two_runs_with_the_samples_of_one_cannot_be_told() -> None:
    one, other = held("a", [1, 1], Aggregate(1.0)), held("b", [], Aggregate(0.0))
    assert measured("m", [one, other]) == "is in several files: a (tool), b (tool)"


def test_parts_of_one_run_are_put_together() -> None:
    one, other = held("a", [1, 1], Aggregate(1.0)), held("b", [0, 0], Aggregate(0.0))
    found = measured("m", [one, other])
    assert isinstance(found, Measured)
    assert found.value == 0.5
