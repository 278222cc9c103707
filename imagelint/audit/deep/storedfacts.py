"""What layers hold and what scans say, kept in the store: neither is asked for twice.

A layer is read once, whatever images have it; an image is scanned once by each database.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imagelint.store.records import Fact
from imagelint.store.writing import keep_fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.audit.lookup import Known
    from imagelint.store.database import Store

_LAYER, _SCAN = "layer", "scan"


class LayerStore:
    """Layers by digest, as some release of imagelint read them. Threads share it."""

    def __init__(self, store: Store, known: Known, tool: str, clock: Callable[[], str]) -> None:
        self._store = store
        self._known = known
        self._tool = tool
        self._clock = clock
        self._lock = threading.Lock()
        self._readers: dict[str, threading.Lock] = {}

    @contextmanager
    def alone(self, digest: str, seconds: float) -> Iterator[None]:
        """Nobody else here reads that layer meanwhile; after some seconds, so be it."""
        with self._lock:
            mine = self._readers.setdefault(digest, threading.Lock())
        entered = mine.acquire(timeout=max(0.0, seconds))
        try:
            yield
        finally:
            if entered:
                mine.release()

    def listing(self, digest: str) -> bytes | None:
        """What was written down of a layer."""
        return self._known.facts((digest,), _LAYER, self._tool).get(digest)

    def keep(self, digest: str, listing: bytes) -> None:
        """Write down what was read of a layer."""
        keep_fact(self._store, Fact(digest, _LAYER, listing, self._tool), self._clock())


class ScanStore:
    """Scans of images, by what they were made with."""

    def __init__(self, store: Store, known: Known, clock: Callable[[], str]) -> None:
        self._store = store
        self._known = known
        self._clock = clock

    def scan(self, digest: str, tool: str) -> bytes | None:
        """What a tool said of an image."""
        return self._known.facts((digest,), _SCAN, tool).get(digest)

    def keep(self, digest: str, tool: str, said: bytes) -> None:
        """Write down what a tool said of an image."""
        keep_fact(self._store, Fact(digest, _SCAN, said, tool), self._clock())
