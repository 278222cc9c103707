"""The same in PostgreSQL."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from imagelint.fleet import changes
from imagelint.fleet.changes import changes_since
from imagelint.fleet.formats import Telling
from imagelint.fleet.gather import Question, gather
from imagelint.fleet.lists import LISTS, chunks
from imagelint.reporters.context import ReportContext
from imagelint.store.database import Store
from imagelint.store.filters import EVERYTHING, ResultFilter
from imagelint.store.models import Base
from imagelint.store.questions import unlisted
from imagelint.store.reading import Reader
from imagelint.store.rollups import RollUps
from imagelint.store.tally import GROUPS
from tests.store.changed import two_runs
from tests.store.samples import KNOWN, fill, tell
from tools.lab.postgresql import PostgreSQL, programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.store.views import FindingChange


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    if programs() is None and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    with PostgreSQL(tmp_path_factory.mktemp("postgresql") / "server") as running:
        yield running


@pytest.fixture(scope="module")
def there(server: PostgreSQL) -> Iterator[Store]:
    with Store.open(server.url) as store:
        fill(store)
        yield store


def test_the_tables_are_those_of_the_models(there: Store) -> None:
    with there.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_reports_ask_and_get_the_same(there: Store, filled: Store) -> None:
    for run in (1, 2, 3):
        mine, other = Reader(there), Reader(filled)
        assert mine.overview(run) == other.overview(run)
        assert sorted(mine.results(run)) == sorted(other.results(run))
        assert mine.waivers(run) == other.waivers(run)
        assert mine.problems(run) == other.problems(run)
    for wanted in (
        ResultFilter(repository="*/team-1/*", outcome="fail"),
        ResultFilter(repository="*/TEAM-1/*"),
        ResultFilter(rule="ROOT-*"),
        ResultFilter(package="ROUTER"),
        ResultFilter(vulnerability="CVE-2026-1001"),
        ResultFilter(severity=4, exposed=True),
        ResultFilter(exploited=True),
    ):
        mine, other = Reader(there), Reader(filled)
        results = sorted(mine.results(2, wanted))
        assert results == sorted(other.results(2, wanted))
        assert mine.overview(2, wanted) == other.overview(2, wanted)
        judgements = {one.judgement for one in results if one.judgement}
        assert mine.findings_of(judgements, wanted) == other.findings_of(judgements, wanted)
        with there.reading() as connection, filled.reading() as same:
            assert unlisted(connection, 2, wanted) == unlisted(same, 2, wanted) == 0


@pytest.mark.parametrize("group", GROUPS)
def test_roll_ups_are_the_same(there: Store, filled: Store, group: str) -> None:
    assert set(RollUps(there).tally(2).by(group)) == set(RollUps(filled).tally(2).by(group))


def test_drift_and_trend_are_the_same(there: Store, filled: Store) -> None:
    assert sorted(RollUps(there).drift(1, 3)) == sorted(RollUps(filled).drift(1, 3))
    (mine, *_), (other, *_) = Reader(there).runs(), Reader(filled).runs()
    assert RollUps(there).trend(mine) == RollUps(filled).trend(other)
    assert RollUps(there).tally(2).vulnerabilities() == RollUps(filled).tally(2).vulnerabilities()


@pytest.mark.parametrize("wanted", [EVERYTHING, ResultFilter(rule="root-*")])
def test_changes_are_the_same(server: PostgreSQL, store: Store, wanted: ResultFilter) -> None:
    with Store.open(server.url) as there:
        here = _changes(store, *two_runs(store), wanted)
        assert _changes(there, *two_runs(there), wanted) == here
    assert {one.kind for one in here} >= {"new-image", "gone-image", "allowed", "counts-again"}


def test_a_list_needs_one_connection(server: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_PAGE", 2)
    with Store.open(server.url) as store:
        before, run = two_runs(store)
        store.close()
        # Who has no second one would wait for ever for it.
        store.engine = create_engine(server.url, pool_size=1, max_overflow=0, pool_timeout=5)
        assert _changes(store, before, run, EVERYTHING)
        asked = Question(run, before)
        telling = Telling(store, gather(store, asked), ReportContext(version="1"))
        for name in LISTS:
            assert "".join(chunks(name, "csv", telling))


def _changes(store: Store, before: int, after: int, wanted: ResultFilter) -> list[FindingChange]:
    reader = Reader(store)
    earlier, run = reader.run(before), reader.run(after)
    assert run is not None
    return sorted(chain.from_iterable(changes_since(store, earlier, run, wanted)))


def test_what_is_known_of_a_hole_is_the_same(server: PostgreSQL) -> None:
    with Store.open(server.url) as store:
        assert tell(store)[2:7] == KNOWN
