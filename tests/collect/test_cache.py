from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.collect import cache as module
from imagelint.collect.cache import Cache

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_put_is_there_in_the_next_run(tmp_path: Path) -> None:
    first = Cache(str(tmp_path / "a" / "b"))
    first.put({"key": "value", "other": "ä"}, 1)
    first.close()
    second = Cache(str(tmp_path / "a" / "b"))
    assert second.get(["key", "other", "third"]) == {"key": "value", "other": "ä"}


def test_many_keys_are_asked_for_at_once(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    entries = {f"key{number}": str(number) for number in range(2000)}
    cache.put(entries, 1)
    assert cache.get(entries) == entries


@pytest.mark.parametrize("damage", [b"", b"nonsense" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "results.sqlite").write_bytes(damage)
    cache = Cache(str(tmp_path))
    assert cache.get(["key"]) == {}
    cache.put({"key": "value"}, 1)
    assert cache.get(["key"]) == {"key": "value"}


def test_a_file_that_is_damaged_while_it_is_open_costs_only_what_it_held(tmp_path: Path) -> None:
    first = Cache(str(tmp_path))
    first.put({f"key{number}": "v" * 500 for number in range(500)}, 1)
    first.close()
    cache = Cache(str(tmp_path))
    path = tmp_path / "results.sqlite"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    assert cache.get(["key400"]) in ({}, {"key400": "v" * 500})
    cache.put({"new": "value"}, 1)
    assert Cache(str(tmp_path)).get(["new"]) in ({}, {"new": "value"})


def test_the_file_of_another_version_is_replaced(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "results.sqlite")
    connection.execute("PRAGMA user_version=99")
    connection.commit()
    connection.close()
    cache = Cache(str(tmp_path))
    cache.put({"key": "value"}, 1)
    assert cache.get(["key"]) == {"key": "value"}


def test_a_place_that_cannot_be_written_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = Cache(str(tmp_path / "file"))
    cache.put({"key": "value"}, 1)
    assert cache.get(["key"]) == {}
    cache.close()


def test_a_locked_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_SECONDS", 0.05)
    cache = Cache(str(tmp_path))
    cache.put({"key": "value"}, 1)
    other = sqlite3.connect(tmp_path / "results.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    cache.put({"second": "value"}, 1)
    other.execute("COMMIT")
    other.close()
    assert cache.get(["key", "second"]) == {"key": "value"}


def test_old_entries_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_ENTRIES", 10)
    cache = Cache(str(tmp_path))
    cache.put({f"old{number}": "" for number in range(8)}, 1)
    cache.put({f"new{number}": "" for number in range(8)}, 2)
    assert len(cache.get([f"new{number}" for number in range(8)])) == 8
    assert cache.get([f"old{number}" for number in range(8)]) == {}


def test_concurrent_runs_do_not_harm_each_other(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from imagelint.collect.cache import Cache\n"
        "for n in range(30):\n"
        "    cache = Cache(sys.argv[1])\n"
        "    cache.put({f'{sys.argv[2]}-{n}': 'v'}, n)\n"
        "    cache.close()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), str(number)],
            stderr=subprocess.PIPE,
            env=environment,
        )
        for number in range(4)
    ]
    for process in running:
        _, errors = process.communicate()
        assert (process.returncode, errors) == (0, b"")
    keys = [f"{process}-{n}" for process in range(4) for n in range(30)]
    assert len(Cache(str(tmp_path)).get(keys)) == len(keys)


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_may_write_to_is_no_cache(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(mode)
    cache = Cache(str(folder))
    cache.put({"a": "b"}, 1)
    assert cache.get(["a"]) == {}
    assert list(folder.iterdir()) == []
