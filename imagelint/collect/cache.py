"""Results of earlier runs, by content: one SQLite file, safe under concurrent runs.

A damaged or foreign file is thrown away and made anew; when nothing can be written, nothing is
remembered, and the run goes on. What is stored is JSON text: data, never code.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, used INTEGER NOT NULL
)
"""
_FORMAT = 2
_PAGE_BYTES = 32_768
"""A result has some thousands of characters: in small pages each would be read in many steps."""
_BATCH = 500
_MOST_ENTRIES = 200_000
_WAIT_SECONDS = 5.0


class Cache:
    """Key to text, in `folder/results.sqlite`."""

    keeps = True

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, "results.sqlite")
        self._connection = self._open(folder)

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """The remembered texts of those keys that are known."""
        wanted = sorted(keys)  # as the index has them: each of its pages is read once
        found: dict[str, str] = {}
        if self._connection is None:
            return found
        try:
            for at in range(0, len(wanted), _BATCH):
                part = wanted[at : at + _BATCH]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, value FROM results WHERE key IN ({marks})"  # noqa: S608
                found.update(self._connection.execute(query, part).fetchall())
        except sqlite3.OperationalError:
            return {}  # locked for longer than we wait: others are at work, the file is good
        except sqlite3.Error:
            self._rebuild()
            return {}
        return found

    def put(self, entries: Mapping[str, str], now: int) -> None:
        """Remember texts; `now` (seconds) ages what is dropped when there are too many."""
        if self._connection is None or not entries:
            return
        rows = [(key, value, now) for key, value in entries.items()]
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO results VALUES (?,?,?)", rows)
                self._connection.execute(
                    "DELETE FROM results WHERE (SELECT count(*) FROM results) > ? AND used < "
                    "(SELECT used FROM results ORDER BY used DESC LIMIT 1 OFFSET ?)",
                    (_MOST_ENTRIES, _MOST_ENTRIES // 2),
                )
        except sqlite3.OperationalError:
            return
        except sqlite3.Error:
            self._rebuild()

    def close(self) -> None:
        """Give the file back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __del__(self) -> None:
        # From Python 3.13 on, what is left open is complained of; what another thread opened is
        # closed when it is collected.
        with suppress(sqlite3.ProgrammingError):
            self.close()

    def _open(self, folder: str) -> sqlite3.Connection | None:
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not _is_ours_alone(folder):
                return None
        except OSError:
            return None
        try:
            return self._connect()
        except sqlite3.OperationalError as error:
            return None if _is_busy(error) else self._afresh()
        except sqlite3.Error:
            return self._afresh()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS)
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in {0, _FORMAT}:
                raise sqlite3.DatabaseError("made by another version")
            if version == 0:
                connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute(_SCHEMA)
                connection.execute(f"PRAGMA user_version={_FORMAT}")
                connection.commit()
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("SELECT key, value, used FROM results LIMIT 1").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _afresh(self) -> sqlite3.Connection | None:
        for suffix in ("", "-wal", "-shm"):
            try:
                os.unlink(self._path + suffix)
            except FileNotFoundError:
                continue
            except OSError:
                return None
        try:
            return self._connect()
        except sqlite3.Error:
            return None

    def _rebuild(self) -> None:
        self.close()
        self._connection = self._afresh()


def _is_ours_alone(folder: str) -> bool:
    """Whether nobody else can put results there: who can, decides what we say."""
    status = os.stat(folder)
    owner = getattr(os, "geteuid", lambda: status.st_uid)()
    return status.st_uid == owner and not status.st_mode & 0o022


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return "locked" in str(error) or "busy" in str(error)
