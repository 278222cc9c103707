from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from imagelint.fleet.changes import changes_since, first_changes
from imagelint.fleet.gather import Question, gather
from imagelint.fleet.unasked import asked_alike
from imagelint.store.filters import EVERYTHING, ResultFilter
from imagelint.store.reading import Reader
from imagelint.store.rollups import RollUps
from tests.store.changed import ROOT, SECRET, judged, two_runs
from tests.store.samples import run_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imagelint.store.database import Store
    from imagelint.store.views import FindingChange
    from tests.conftest import Program


@pytest.fixture
def runs(store: Store) -> Store:
    two_runs(store)
    return store


def told(store: Store, wanted: ResultFilter = EVERYTHING) -> Iterator[FindingChange]:
    reader = Reader(store)
    before, run = reader.run(1), reader.run(2)
    assert run is not None
    for page in changes_since(store, before, run, wanted):
        yield from page


def short(changes: Iterator[FindingChange]) -> set[tuple[str, str, str]]:
    return {(one.kind, one.owner, one.finding.rule) for one in changes}


def test_findings_are_new_and_fixed_by_what_they_are_about(runs: Store) -> None:
    # The hole of `mended` was looked for by configurations alone, which tells nothing.
    assert short(told(runs)) == {
        ("not-asked", "mended", "vulnerable-package"),
        ("new", "updated", "secret-value"),
        ("allowed", "waived", "root-user"),
        ("counts-again", "again", "root-user"),
        ("not-audited", "", "secret-value"),
        ("gone-image", "removed", "root-user"),
        ("new-image", "fresh", "root-user"),
    }


def test_only_what_is_wanted(runs: Store) -> None:
    assert {one.owner for one in told(runs, ResultFilter(rule="root-*"))} == {
        *("waived", "again", "removed", "fresh"),
    }
    assert short(told(runs, ResultFilter(owner="again"))) == {
        ("counts-again", "again", "root-user"),
    }
    assert list(told(runs, ResultFilter(package="zlib"))) == []


def test_what_was_looked_for_again_and_is_not_there_is_fixed(runs: Store) -> None:
    run = Reader(runs).run(2)
    assert run is not None
    deep = run._replace(depth="scan")
    assert asked_alike(deep, deep, "vulnerable-package")
    assert not asked_alike(deep, run, "vulnerable-package")
    asked = deep._replace(asked={"root-user": (), "vulnerable-package": ("ignore_unfixed",)})
    assert asked_alike(deep, asked, "vulnerable-package")
    assert not asked_alike(deep, asked, "secret-value")
    otherwise = asked._replace(asked={"vulnerable-package": ()})
    assert not asked_alike(asked, otherwise, "vulnerable-package")
    before = Reader(runs).run(1)
    pages = changes_since(runs, before, deep, EVERYTHING)
    fixed = [one for page in pages for one in page if one.kind == "fixed"]
    assert [(one.owner, one.finding.vulnerability) for one in fixed] == [("mended", "CVE-2026-7")]


def test_more_images_than_a_page_of_the_store(store: Store) -> None:
    several = range(1203)
    run_over(store, [judged(f"app-{at}", 1, ROOT) for at in several[:1200]], 1)
    run_over(store, [judged(f"app-{at}", 2, SECRET) for at in several[2:]], 8)
    changes = list(told(store))
    assert Counter(one.kind for one in changes) == {
        "new": 1198,
        "fixed": 1198,
        "new-image": 3,
        "gone-image": 2,
    }
    assert len({(one.kind, one.reference) for one in changes}) == len(changes)
    moved = [one for one in RollUps(store).drift(1, 2) if one.kind == "moved"]
    assert len(moved) == 1198


def test_a_page_has_the_worst_and_counts_all(runs: Store) -> None:
    fleet = gather(runs, Question())
    assert sum(fleet.changes.counts.values()) == len(fleet.changes.kept) == 7
    assert not fleet.changes.are_cut
    assert [one.kind for one in fleet.changes.kept[:2]] == ["new", "counts-again"]
    reader = Reader(runs)
    before, run = reader.run(1), reader.run(2)
    assert run is not None
    kept, counts, cut = first_changes(changes_since(runs, before, run, EVERYTHING), 1, 100)
    assert (len(kept), sum(counts.values()), cut) == (1, 7, False)
    kept, counts, cut = first_changes(changes_since(runs, before, run, EVERYTHING), 5, 2)
    assert cut
    assert sum(counts.values()) < 7


def test_the_first_run_has_nothing_to_compare_with(runs: Store) -> None:
    fleet = gather(runs, Question(run=1))
    assert fleet.changes.kept == ()


def test_the_command_lists_changes(program: Program, place: Path) -> None:
    words = "report", "--store", str(place), "--table", "changes", "--since", "1"
    rows = list(csv.DictReader(io.StringIO(program(*words, "--format", "csv").out)))
    kinds = {row["change"] for row in rows}
    assert kinds == {"new-image", "gone-image"}
    only = program(*words, "--format", "csv", "--rule", "secret-value").out
    assert {row["rule"] for row in csv.DictReader(io.StringIO(only))} == {"secret-value"}
    text = program("report", "--store", str(place), "--since", "1").out
    assert "0 new, 0 fixed" in text
