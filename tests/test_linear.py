"""Twice the input costs twice the work, whatever it is that grows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.policy.model import Policy
from imagelint.rules import catalog
from imagelint.run.examiner import Examiner, Plan
from imagelint.run.policies import Policies
from tests.growing import INPUTS, Input, growth

if TYPE_CHECKING:
    from imagelint.core.report import Report

MOST = 2.2
SIZE = 12


@cache
def policies() -> Policies:
    return Policies(["strict", "gpu-serving"], Policy(), set())


def report(given: Input, size: int) -> Report:
    """What an examination says about an input of that size."""
    plan = Plan({}, policies())
    return Examiner(plan).source(Source(given.origin, given.text(size)), ".").report


@pytest.mark.parametrize("name", INPUTS)
def test_the_work_grows_with_the_input(name: str) -> None:
    assert growth(lambda size: report(INPUTS[name], size), SIZE) < MOST


def test_the_inputs_are_examined_by_rules_of_all_families() -> None:
    reports = [report(given, 2) for given in INPUTS.values()]
    assert not any(found.problems for found in reports)
    named = {
        catalog.family(found.rule)
        for whole in reports
        for found in (*whole.findings, *(allowed.finding for allowed in whole.allowed))
    }
    # Signatures are read one report an image.
    assert named == {catalog.family(name) for name in catalog.names()} - {"signatures"}


def test_what_is_not_linear_is_seen() -> None:
    def linear(size: int) -> int:
        total = 0
        for number in range(size):
            total += number
        return total

    def quadratic(size: int) -> int:
        return sum(1 for _ in range(size) for _ in range(size))

    here = str(Path(__file__).parent)
    assert growth(linear, 10, here) == pytest.approx(2, abs=0.1)
    assert growth(quadratic, 10, here) > 3
