"""What layers hold, kept in the store: each is read once, whatever images have it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imagelint.store.records import Fact
from imagelint.store.writing import keep_fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.audit.known import Known
    from imagelint.store.database import Store

_KIND = "layer"


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
        return self._known.facts((digest,), _KIND, self._tool).get(digest)

    def keep(self, digest: str, listing: bytes) -> None:
        """Write down what was read of a layer."""
        keep_fact(self._store, Fact(digest, _KIND, listing, self._tool), self._clock())
