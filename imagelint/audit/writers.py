"""Threads that write what others found out, and that somebody is still there."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from imagelint.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.store.records import Finished

_MOST = 512
_TOGETHER_SECONDS = 0.05
_WAITING = 1024
_SAID_SECONDS = 20.0


class ResultWriter:
    """Takes results from all threads; `with` ends when all of them are written.

    What is written is safe: who is killed loses what came in the last hundredths of a second.
    """

    def __init__(
        self,
        write: Callable[[list[Finished]], None],
        told: Callable[[Finished], None] = lambda _one: None,
    ) -> None:
        self._write = write
        self._told = told
        self._waiting: list[Finished] = []
        self._ended = False
        # Nobody is woken for each result: to change from thread to thread takes as long as that.
        self._lock = threading.Lock()
        self._first = threading.Condition(self._lock)
        self._many = threading.Condition(self._lock)
        self._room = threading.Condition(self._lock)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        """Itself, at work."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Write the rest.

        Raises:
            Exception: what went wrong with writing, or with telling of it.
        """
        with self._lock:
            self._ended = True
            self._first.notify()
            self._many.notify()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def put(self, one: Finished) -> None:
        """Take a result; waits while too many are not written yet.

        Raises:
            Exception: what went wrong before: nothing is kept any more.
        """
        if self._error is not None:
            raise self._error
        with self._lock:
            while len(self._waiting) >= _WAITING:
                self._room.wait()
            self._waiting.append(one)
            if len(self._waiting) == 1:
                self._first.notify()
            elif len(self._waiting) == _MOST:
                self._many.notify()

    def _work(self) -> None:
        while batch := self._batch():
            if self._error is None:
                try:
                    self._write(batch)
                    for one in batch:
                        self._told(one)
                except Exception as error:  # noqa: BLE001 - it is raised where it can be told
                    self._error = error

    def _batch(self) -> list[Finished]:
        """What came together, no longer than that is worth; empty: nothing comes any more."""
        with self._lock:
            while not (self._waiting or self._ended):
                self._first.wait()
            end = time.monotonic() + _TOGETHER_SECONDS
            while len(self._waiting) < _MOST and not self._ended:
                left = end - time.monotonic()
                if left <= 0:
                    break
                self._many.wait(left)
            batch, self._waiting = self._waiting, []
            self._room.notify_all()
        return batch


class Presence:
    """Says that a worker is there every few seconds, whatever it waits for, as `with` lasts.

    When the store cannot be written, who writes results tells so.
    """

    def __init__(self, say: Callable[[], None], seconds: float = _SAID_SECONDS) -> None:
        self._say = say
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        """Itself, at work."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Say nothing more."""
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._ended.wait(self._seconds):
            with suppress(UsageError):
                self._say()
