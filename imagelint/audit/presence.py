"""Say now and then that a worker is still there, whatever it waits for."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from imagelint.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 20.0


class Presence:
    """Calls a function every few seconds, for as long as `with` lasts.

    When the store cannot be written, who writes results tells so.
    """

    def __init__(self, say: Callable[[], None], seconds: float = _SECONDS) -> None:
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
