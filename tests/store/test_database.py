"""Opening a store never harms what is there."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from imagelint.core.errors import UsageError
from imagelint.store import database, migrate
from imagelint.store.database import Store
from imagelint.store.models import Base
from imagelint.store.reading import Reader
from tests.store.samples import fill

if TYPE_CHECKING:
    from collections.abc import Callable

MIGRATIONS = Path(migrate.__file__).parent / "migrations"


def test_the_revisions_make_the_tables_of_the_models(store: Store) -> None:
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert migrate.revision(connection) == migrate.HEAD


def test_the_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_a_store_of_an_earlier_release_keeps_its_runs(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with Store.open(path) as store:
        fill(store, 8)
        runs = Reader(store).runs()
        with store.writing() as connection:
            for table in (
                "run_totals",
                "measures",
                "promotions",
                "evaluations",
                "verdicts",
                "examinations",
                *("aliases", "inventories", "package_lists", "packages"),
            ):
                connection.execute(text(f"DROP TABLE {table}"))
            for column in ("statements", "examination"):
                connection.execute(text(f"ALTER TABLE judgements DROP COLUMN {column}"))
            for column in ("asked", "contacts"):
                connection.execute(text(f"ALTER TABLE runs DROP COLUMN {column}"))
            connection.execute(text("ALTER TABLE chains DROP COLUMN created"))
            connection.execute(text("ALTER TABLE results DROP COLUMN exposed"))
            for table, column in (
                *(("chains", "parent"), ("chains", "layer"), ("judged", "finding")),
                *(("judgements", "digest"), ("results", "judgement"), ("tags", "digest")),
            ):
                made = f"CREATE INDEX ix_{table}_{column} ON {table} ({column})"
                connection.execute(text(made))
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with Store.open(path) as store:
        assert Reader(store).runs() == tuple(one._replace(contacts={}) for one in runs)
        with store.reading() as connection:
            assert connection.scalar(text("SELECT count(*) FROM verdicts")) == 0
            migrated = set(connection.scalars(_INDEXES))
    with Store.open(str(tmp_path / "new.db")) as store, store.reading() as connection:
        assert migrated == set(connection.scalars(_INDEXES))


_INDEXES = text("SELECT name FROM sqlite_master WHERE type = 'index'")


def test_a_store_of_a_later_release_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with Store.open(path) as store, store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UsageError, match="a later release of imagelint wrote this store"):
        Store.open(path)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def scribbled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 40] = b"\xa5" * (4096 * 38)
    path.write_bytes(data)


def replaced(path: Path) -> None:
    path.write_text("not a database, but my notes, which are long enough to be something")


@pytest.mark.parametrize("damage", [cut, scribbled, replaced])
def test_a_damaged_file_is_said_and_left_alone(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "a.db"
    with Store.open(str(path)) as store:
        fill(store, 8)
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    damage(path)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is damaged, and was left as it is"):
        Store.open(str(path))
    assert path.read_bytes() == before


def test_a_database_of_others_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is a database of something else"):
        Store.open(str(path))
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    with Store.open(str(path)) as store:
        assert Reader(store).runs() == ()


def test_who_only_reads_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no store"):
        Store.open(str(tmp_path / "a.db"), create=False)
    assert list(tmp_path.iterdir()) == []


def test_who_only_reads_makes_no_store_of_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    with pytest.raises(UsageError, match="there is no store"):
        Store.open(str(path), create=False)
    assert path.read_bytes() == b""


def test_who_only_reads_waits_for_nobody_who_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT_SECONDS", 0)
    path = str(tmp_path / "a.db")
    with Store.open(path) as store, store.writing(), Store.open(path, create=False) as other:
        assert Reader(other).runs() == ()


def test_what_nobody_can_write_is_read_without_a_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a?b.db"
    with Store.open(str(path)) as store:
        fill(store, 8)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    beside = sorted(tmp_path.iterdir())
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store.open(str(path), create=False) as store:
        assert len(Reader(store).runs()) == 3
        assert sorted(tmp_path.iterdir()) == beside == [path]


def test_what_is_written_while_nobody_can_lock_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    with Store.open(str(path)) as store:
        fill(store, 8)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store.open(str(path), create=False) as store:
        with pytest.raises(UsageError, match="while it was read"):
            _read_beside(store, path)
        with pytest.raises(UsageError, match="wrote to the store"):
            Reader(store).runs()


def _read_beside(store: Store, path: Path) -> None:
    """Read while another who may write it does so."""
    with store.reading() as connection:
        connection.execute(text("SELECT 1"))
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("CREATE TABLE more (a)")


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_said(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.db")
    with pytest.raises(UsageError, match="is no file"):
        Store.open(str(tmp_path / "a.db"))


@pytest.mark.parametrize("place", ["nosuch://host/a", "://", "postgresql+nosuch://host/a"])
def test_what_is_no_database_is_refused(place: str) -> None:
    with pytest.raises(UsageError, match="is no database that can be used"):
        Store.open(place)


def test_a_database_that_does_not_answer_is_said_without_its_password() -> None:
    with pytest.raises(UsageError, match="cannot be used") as caught:
        Store.open("postgresql+psycopg://me:hunter2@127.0.0.1:1/a")
    assert "hunter2" not in str(caught.value)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        Store.open(str(tmp_path / "no" / "a.db"))


def test_the_log_of_writes_begins_anew_when_nobody_reads_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_CHECKPOINT_MILLISECONDS", 1)
    monkeypatch.setattr(database, "_LARGEST_WAL", 1)
    path = tmp_path / "a.db"
    with Store.open(str(path)) as store:
        log = path.with_name("a.db-wal")
        reader = sqlite3.connect(path)
        reader.execute("PRAGMA busy_timeout=0")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM runs").fetchall()
        fill(store, 8)
        before = log.stat().st_size
        assert before > 100_000
        reader.close()
        for _ in range(9):
            fill(store, 8)
        assert log.stat().st_size < before
        runs = Reader(store).runs()
    with Store.open(str(path)) as store:
        assert Reader(store).runs() == runs
