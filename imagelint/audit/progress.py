"""How far an audit is: images done, how fast, what is slow, how long it will take."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING

from imagelint.store.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.collect.registry.polite import HostState
    from imagelint.store.database import Store
    from imagelint.store.records import Finished

_WINDOW_SECONDS = 30.0
_MINUTE, _HOUR = 60, 3600


class Progress:
    """Counts what is listed and what is done; `listing`: more may come than `total`."""

    def __init__(
        self,
        hosts: Callable[[], Iterable[HostState]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total = 0
        self.listing = True
        self.done = 0
        self.categories: Counter[str] = Counter()
        self._hosts = hosts
        self._clock = clock
        self._lock = threading.Lock()
        self._recent: deque[tuple[float, int]] = deque()

    def expect(self, count: int) -> None:
        """Count further ones that are to be done."""
        with self._lock:
            self.total += count

    def add(self, one: Finished) -> None:
        """Count one that is written."""
        with self._lock:
            self.done += 1
            self.categories[one.result.category.value] += 1
            self._note()

    def seen(self, categories: Mapping[str, int]) -> None:
        """Take what others have written by now, by category."""
        with self._lock:
            self.done = sum(categories.values())
            self.categories = Counter(categories)
            self._note()

    def _note(self) -> None:
        """Remember how many there are now, for the rate."""
        now = self._clock()
        if not self._recent or now - self._recent[-1][0] >= 1:
            self._recent.append((now, self.done))
        while now - self._recent[0][0] > _WINDOW_SECONDS:
            self._recent.popleft()

    @property
    def rate(self) -> float:
        """Images a second, of late."""
        if not self._recent:
            return 0.0
        since, before = self._recent[0]
        seconds = self._clock() - since
        return (self.done - before) / seconds if seconds > 0 else 0.0

    def line(self) -> str:
        """All of it on one line."""
        of = f" of {self.total:,}" if self.total else ""
        so_far = " so far" if self.listing else ""
        parts = [f"{self.done:,}{of} images{so_far}", f"{self.rate:.0f}/s"]
        if self.total and self.rate:
            least = "at least " if self.listing else ""
            parts.append(f"{least}{_duration((self.total - self.done) / self.rate)} left")
        untold = self.done - self.categories["audited"] - self.categories["not-an-image"]
        if untold:
            parts.append(f"{untold:,} could not be audited")
        parts += [slow for host in self._hosts() if (slow := _slow(host))]
        return ", ".join(parts)


def log_line(one: Finished) -> str:
    """What is logged about an image."""
    result = one.result
    said = one.judgement.outcome if one.judgement else ""
    return _line(result.category.value, said, result.reference, result.digest, result.detail)


def log_lines(store: Store, run: int) -> Iterator[str]:
    """The same about all images of a run, as the store has them."""
    for one in Reader(store).results(run):
        yield _line(one.category, one.outcome, one.reference, one.digest, one.detail)


def _line(*words: str | None) -> str:
    return " ".join(word for word in words if word)


def _slow(host: HostState) -> str:
    if host.given_up:
        return f"{host.host} given up"
    return f"{host.host} waits {_duration(host.waits)}" if host.waits >= 1 else ""


def _duration(seconds: float) -> str:
    """A time for people: `42s`, `5m`, `3h10m`."""
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m"
    return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02}m"
