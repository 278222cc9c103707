"""Twice the input costs twice the work, whatever it is that grows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import find
from imagelint.core.source import Source
from imagelint.policy.model import Policy
from imagelint.rules import catalog
from imagelint.run.examiner import Examiner, Plan
from imagelint.run.files import Run, examine
from imagelint.run.policies import Policies
from imagelint.run.session import NullCache
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


@pytest.mark.parametrize("name", ["linked objects", "stages with installations"])
def test_the_work_grows_with_the_number_of_files(name: str, here: Path) -> None:
    """Each with what others ask for: one file holds what the next one leads to or scales."""

    def examined(size: int) -> None:
        folder = here / str(size)
        folder.mkdir(exist_ok=True)
        parts = INPUTS[name].text(size).split("---\n" if "linked" in name else "FROM ")
        for number, part in enumerate(filter(None, parts)):
            place = folder / str(number)
            place.mkdir(exist_ok=True)
            (place / ".dockerignore").write_text("x\n", encoding="utf-8")
            text = part if "linked" in name else f"FROM {part}COPY . /app\n"
            (place / INPUTS[name].origin).write_text(text, encoding="utf-8")
        found = find([str(folder)], lambda _path: False, lambda _folder: None).files
        reports = examine(found, Run(policies(), NullCache(), 1))
        assert not any(report.problems for report in reports.values())

    assert growth(examined, 6) < MOST


def test_the_inputs_are_examined_by_rules_of_all_families() -> None:
    reports = [report(given, 2) for given in INPUTS.values()]
    assert not any(found.problems for found in reports)
    named = {
        catalog.family(found.rule)
        for whole in reports
        for found in (*whole.findings, *(allowed.finding for allowed in whole.allowed))
    }
    # Signatures are read one report an image, and what a tree loosens needs another policy.
    assert named == {catalog.family(name) for name in catalog.names()} - {"signatures", "trust"}


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
