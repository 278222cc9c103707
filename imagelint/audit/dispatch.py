"""Hand tasks to threads, of each registry so many at a time: a slow one holds up no other."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imagelint.audit.worker import Task

_MOST_WAITING = 4096
"""Tasks that wait for a slow registry while further ones are read for others."""
_TURN_SECONDS = 0.05
"""A thread goes on with one registry for so long before others have their turn."""
_STOP_SECONDS, _MOST_SECONDS = 0.1, 5.0
"""What is under way is cut off so often, and waited for so long, when all ends early."""


class Dispatcher:
    """Runs a function over tasks, in threads; `stop` cuts off what they wait for."""

    def __init__(
        self,
        do: Callable[[Task], None],
        threads: int,
        each: int,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        self._do = do
        self._each = each
        self._threads = threads
        self._stop = stop
        self._active = 0
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[Task]] = {}
        self._count = 0
        self._running: Counter[str] = Counter()
        self._error: BaseException | None = None

    def run(self, tasks: Iterable[Task]) -> None:
        """Do all tasks; returns when the last one is done.

        Raises:
            Exception: what the function raised; no further task is begun then.
            KeyboardInterrupt: the same; what is under way is cut off.
        """
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="audit")
        broken: Exception | None = None
        try:
            try:
                self._hand_out(pool, tasks)
            except Exception as error:  # noqa: BLE001 - what was handed out is done before it counts
                broken = error
            with self._changed:
                self._changed.wait_for(self._is_through)
        except KeyboardInterrupt as interrupt:
            self._end(pool, interrupt)
        else:
            pool.shutdown()
        if (wrong := self._error or broken) is not None:
            raise wrong

    @property
    def ended(self) -> bool:
        """Whether all ends early: what comes of a task then may be due to that."""
        return self._error is not None

    def _hand_out(self, pool: ThreadPoolExecutor, tasks: Iterable[Task]) -> None:
        for task in tasks:
            with self._changed:
                self._take(pool, task)
                if not self._has_room():
                    self._changed.wait_for(self._has_much_room)
                if self._error is not None:
                    break

    def _end(self, pool: ThreadPoolExecutor, interrupt: KeyboardInterrupt) -> None:
        """Begin nothing more, and wait a little until what is under way has been cut off."""
        self._error = interrupt
        pool.shutdown(wait=False, cancel_futures=True)
        last = time.monotonic() + _MOST_SECONDS
        with self._changed:
            while self._active and time.monotonic() < last:
                self._stop()
                self._changed.wait(_STOP_SECONDS)

    def _has_room(self) -> bool:
        return self._error is not None or self._count < _MOST_WAITING

    def _has_much_room(self) -> bool:
        """Whether it is worth while to read further tasks: not for each that is done."""
        return self._error is not None or self._count <= _MOST_WAITING // 2

    def _is_through(self) -> bool:
        return self._error is not None or not self._running

    def _take(self, pool: ThreadPoolExecutor, task: Task) -> None:
        registry = task.target.registry
        if self._running[registry] < self._each:
            self._running[registry] += 1
            pool.submit(self._turn, pool, registry, task)
        else:
            self._waiting.setdefault(registry, deque()).append(task)
            self._count += 1

    def _turn(self, pool: ThreadPoolExecutor, registry: str, task: Task) -> None:
        """Do tasks of a registry, one after the other, for some time."""
        with self._changed:
            self._active += 1
        try:
            self._go_on(pool, registry, task)
        finally:
            with self._changed:
                self._active -= 1

    def _go_on(self, pool: ThreadPoolExecutor, registry: str, task: Task) -> None:
        end = time.monotonic() + _TURN_SECONDS
        following: Task | None = task
        while following is not None:
            try:
                if self._error is None:
                    self._do(following)
            except BaseException as error:  # noqa: BLE001 - it is raised where it can be told
                self._error = error
            with self._changed:
                following = self._next(registry)
                if following is not None and time.monotonic() >= end:
                    # Behind what other registries have to do.
                    pool.submit(self._turn, pool, registry, following)
                    return

    def _next(self, registry: str) -> Task | None:
        """The next task of a registry, with one's place among those that ask it; None: no more."""
        waiting = self._waiting.get(registry)
        task = waiting.popleft() if waiting and self._error is None else None
        if task is None:
            self._running[registry] -= 1
            if not self._running[registry]:
                del self._running[registry]
        else:
            self._count -= 1
        if self._has_much_room() or self._is_through():
            self._changed.notify()
        return task
