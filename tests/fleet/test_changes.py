from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from imagelint.core.finding import Severity
from imagelint.fleet.changes import changes_since, first_changes
from imagelint.fleet.gather import Question, gather
from imagelint.fleet.unasked import asked_alike
from imagelint.store.filters import EVERYTHING, ResultFilter
from imagelint.store.reading import Reader
from imagelint.store.records import Category, Finished, Judgement, Result, StoredFinding
from tests.store.samples import digest, run_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imagelint.store.database import Store
    from imagelint.store.views import FindingChange
    from tests.conftest import Program

ROOT = StoredFinding("root-user", Severity.HIGH, "certain", "it runs as root", place="config.User")
HOLE = StoredFinding(
    *("vulnerable-package", Severity.CRITICAL, "certain", "openssl 3.0.1 has CVE-2026-7"),
    subject="CVE-2026-7 pkg:deb/debian/openssl",
    package="openssl",
    vulnerability="CVE-2026-7",
)
SECRET = StoredFinding("secret-value", Severity.MEDIUM, "likely", "TOKEN looks like a secret")


def waived(one: StoredFinding) -> StoredFinding:
    return one._replace(allowed="waiver", reason="legacy", until="2027-01-31")


def judged(name: str, build: int, *found: StoredFinding) -> Finished:
    repository = f"registry.example.com/{name}"
    judgement = Judgement(digest("key", build)[7:], repository, digest(name, build), "fail", found)
    result = Result(
        *(f"{repository}:1", repository, "1", judgement.digest, Category.AUDITED),
        judgement=judgement.id,
        owner=name,
    )
    return Finished(result, judgement=judgement)


def lost(name: str) -> Finished:
    repository = f"registry.example.com/{name}"
    return Finished(Result(f"{repository}:1", repository, "1", None, Category.UNAUTHORIZED))


@pytest.fixture
def runs(store: Store) -> Store:
    later = HOLE._replace(message="openssl 3.0.2 has CVE-2026-7")
    run_over(
        store,
        [
            judged("mended", 1, ROOT, HOLE),
            judged("same", 1, ROOT),
            judged("updated", 1, HOLE),
            judged("waived", 1, ROOT),
            judged("again", 1, waived(ROOT)),
            judged("lost", 1, SECRET),
            judged("removed", 1, ROOT),
            judged("excused", 1, waived(SECRET)),
        ],
        1,
    )
    run_over(
        store,
        [
            judged("mended", 2, ROOT),
            judged("same", 1, ROOT),
            judged("updated", 2, later, SECRET),
            judged("waived", 2, waived(ROOT)),
            judged("again", 2, ROOT),
            lost("lost"),
            judged("fresh", 2, ROOT),
            judged("excused", 2),
        ],
        8,
    )
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
