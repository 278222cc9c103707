"""Open a store: a SQLite file, or any database that SQLAlchemy knows.

What is there is never overwritten: a file that is damaged, that is something else, or that a later
release wrote, is said to be so. An earlier schema is brought up to date.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.pool import QueuePool

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.store.migrate import HEAD, REVISIONS, migrate, revision

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from sqlalchemy.engine import Connection, Engine

DEFAULT_FILE = "imagelint-audit.db"
_WAIT_SECONDS = 60
_CACHE_KILOBYTES = 16_384
"""Of each connection that is kept; a few are."""
_LARGEST_WAL = 128 * 1024 * 1024
_CHECKPOINT_PAGES = 16_000
"""Of 4 KiB: what is written again and again meanwhile is brought into the file itself once."""
_CHECKPOINT_MILLISECONDS = 2_000
_CHECKED_BYTES = 64 * 1024 * 1024
_LOCK = 0x696D6167656C696E  # "imagelin": of PostgreSQL's advisory locks, ours
_WRITES = "imagelint_writes"
_DAMAGE = ("malformed", "not a database", "disk image", "Could not decode")
_UNUSABLE = "see whether it is there, whether there is room, and whether it is yours to write"
_SENSELESS = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What Python says to values that are none."""


class _State(NamedTuple):
    """By what a file that was written is known; zeros of none."""

    number: int = 0
    size: int = 0
    changed: int = 0

    @classmethod
    def of(cls, path: str) -> Self:
        """That of a file."""
        try:
            found = os.stat(path)
        except OSError:
            return cls()
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


class Store:
    """A database with our tables. `with` closes it; threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{_WRITES: True})
        self._largest_wal = _LARGEST_WAL
        self._sealed = ""
        self._found = _State()

    @classmethod
    def open(cls, place: str = DEFAULT_FILE, *, create: bool = True) -> Self:
        """The store at a path or a URL, its schema up to date.

        Raises:
            UsageError: it is none of ours, is damaged, cannot be reached, or is not there and
                none is to be made.
        """
        url = _url(place)
        path = url.database or "" if url.get_backend_name() == "sqlite" else ""
        if path and not create and not (os.path.exists(path) and os.stat(path).st_size):
            help_ = "run `imagelint audit` first, or name another with --store"
            raise UsageError(Diagnostic(f"there is no store `{path}`", help=help_))
        _check(path)
        sealed = path if not create and _is_sealed(path) else ""
        if sealed:
            url = url.set(database=f"file:{quote(path)}", query={"immutable": "1", "uri": "true"})
        store = cls(_engine(url))
        store._seal(sealed)
        try:
            with store.engine.connect() as connection:
                found = revision(connection)
            # Who only reads waits for nobody who writes.
            if found != HEAD:
                with store.alone() as connection:
                    migrate(connection)
        except DatabaseError as error:
            raise complaint(place, error) from None
        return store

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give all connections back."""
        self.close()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the store.

        Raises:
            UsageError: the store turns out to be damaged, or is gone, or was written meanwhile
                where it cannot be locked.
        """
        try:
            with self._complaining(), self.engine.connect() as connection:
                yield connection
        finally:
            self._demand_unchanged()

    def _seal(self, path: str) -> None:
        """Of a file that is read without any lock, remember what it was."""
        self._sealed = path
        self._found = _State.of(path) if path else self._found

    def _demand_unchanged(self) -> None:
        if self._sealed and _State.of(self._sealed) != self._found:
            message = f"somebody wrote to the store `{self._sealed}` while it was read"
            help_ = "run it again; who may write the file and its folder reads it under a lock"
            raise UsageError(Diagnostic(message, help=help_))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it is kept, or nothing.

        Raises:
            UsageError: the store turns out to be damaged, is gone, or is full.
        """
        with self._complaining(), self._writing.begin() as connection:
            yield connection

    def checkpoint(self) -> None:
        """Bring what was written into SQLite's file itself, where readers kept it from doing so.

        It does that with every commit, but begins its log anew only when nobody reads from it: with
        somebody reading at all times it would grow for ever, and every question with it.
        """
        path = f"{self.engine.url.database}-wal"
        if self.engine.dialect.name != "sqlite" or not os.path.exists(path):
            return
        if os.path.getsize(path) < self._largest_wal:
            return
        with self._complaining(), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            # A report may read for minutes: it is not waited for.
            cursor.execute(f"PRAGMA busy_timeout={_CHECKPOINT_MILLISECONDS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            ((busy, *_),) = cursor.fetchall()
            cursor.execute(f"PRAGMA busy_timeout={_WAIT_SECONDS * 1000}")
            cursor.close()
        self._largest_wal = 2 * os.path.getsize(path) if busy else _LARGEST_WAL

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            said = str(error.orig or error)
            if isinstance(error, OperationalError) or any(sign in said for sign in _DAMAGE):
                raise complaint(self._place, error) from None
            raise

    @property
    def _place(self) -> str:
        """Where it is, for people: a password stays hidden."""
        url = self.engine.url
        return (url.database or "") if url.get_backend_name() == "sqlite" else str(url)

    @contextmanager
    def trusted(self) -> Iterator[None]:
        """For as long as `with` lasts, what makes no sense is the store's fault if it is unsound.

        Raises:
            UsageError: something made no sense, and the store is damaged.
        """
        from imagelint.store.soundness import unsound

        try:
            with self._complaining():
                yield
        except _SENSELESS:
            with self.reading() as connection:
                said = unsound(connection)
            if not said:
                raise
            raise _damaged(self._place, said) from None

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction during which nobody else is in one."""
        with self.writing() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection


def complaint(place: str, error: DatabaseError) -> UsageError:
    """What a database says that cannot be used, with what to do."""
    said = str(error.orig or error).strip().partition("\n")[0]
    if any(sign in said for sign in _DAMAGE):
        return _damaged(place, said)
    message = f"the store `{_shown(place)}` cannot be used: {said}"
    return UsageError(Diagnostic(message, help=_UNUSABLE))


def _damaged(path: str, said: str) -> UsageError:
    message = f"the store `{_shown(path)}` is damaged, and was left as it is: {said}"
    help_ = f"restore it from a backup, or save what can be read: `sqlite3 {path} .recover`"
    return UsageError(Diagnostic(message, help=help_))


def _shown(place: str) -> str:
    """The place without a password."""
    return make_url(place).render_as_string() if "://" in place else place


def _url(place: str) -> URL:
    if "://" not in place:
        return URL.create("sqlite", database=place)
    try:
        url = make_url(place)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        message = f"that is no database that can be used: {error}"
        help_ = "write a path, or `postgresql+psycopg://user@host/name`"
        raise UsageError(Diagnostic(message, help=help_)) from None
    return url


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True)
        # The connection that was used last is used next: each one fills a cache of its own.
        engine = create_engine(
            url, connect_args={"timeout": _WAIT_SECONDS}, pool_use_lifo=True, poolclass=QueuePool
        )
    except ModuleNotFoundError as error:
        message = f"the driver of that database is missing: {error.name}"
        help_ = "pip install 'imagelint[postgresql]', or the driver that the URL names"
        raise UsageError(Diagnostic(message, help=help_)) from None
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set a SQLite connection up.

    Transactions are begun by ourselves: who writes waits when he begins, and not in the middle,
    where SQLite lets nobody wait.
    """
    connection.isolation_level = None
    # What is written of one page stays in memory until all of a transaction is there: else the same
    # page is written to the log again and again.
    sizes = f"cache_size=-{_CACHE_KILOBYTES}", f"wal_autocheckpoint={_CHECKPOINT_PAGES}"
    # LIKE tells upper from lower case, as that of PostgreSQL does.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "case_sensitive_like=ON",
        "cache_spill=OFF",
        *sizes,
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_sealed(path: str) -> bool:
    """Whether nobody here can write a SQLite file nor beside it, and nothing waits in its log.

    SQLite wants to write a file beside one that it only reads, unless nobody else writes it either:
    https://www.sqlite.org/wal.html#readonly.
    """
    if not path or not os.path.isfile(path):
        return False
    log = f"{path}-wal"
    waits = os.path.exists(log) and os.path.getsize(log) > 0
    folder = os.path.dirname(os.path.abspath(path))
    return not waits and not (os.access(path, os.W_OK) and os.access(folder, os.W_OK))


def _check(path: str) -> None:
    """See whether a SQLite file is one of ours, without touching it.

    Raises:
        UsageError: it is damaged, or something else.
    """
    if not path or not os.path.exists(path):
        return
    if not os.path.isfile(path):
        message = f"the store `{path}` is no file"
        raise UsageError(Diagnostic(message, help="name a file with --store, or a URL"))
    if os.path.getsize(path):
        _look_into(path)


def _look_into(path: str) -> None:
    try:
        how = "immutable=1" if _is_sealed(path) else "mode=ro"
        with closing(sqlite3.connect(f"file:{quote(path)}?{how}", uri=True)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            names = {name for (name,) in rows}
            if os.path.getsize(path) <= _CHECKED_BYTES:
                (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                if said != "ok":
                    raise _damaged(path, said)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(error, sqlite3.OperationalError):
            message = f"the store `{path}` cannot be opened: {error}"
            help_ = "see whether it is yours to read, and whether its disk is full"
            raise UsageError(Diagnostic(message, help=help_)) from None
        raise _damaged(path, str(error)) from None
    if names and REVISIONS not in names:
        message = f"`{path}` is a database of something else, and was left as it is"
        raise UsageError(Diagnostic(message, help="name another file with --store"))
