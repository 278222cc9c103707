"""Hand tasks to threads, of each registry so many at a time: a slow one holds up no other."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imagelint.audit.worker import Task

_MOST_WAITING = 4096
"""Tasks that wait for a slow registry while further ones are read for others."""


class Dispatcher:
    """Runs a function over tasks, in threads."""

    def __init__(self, do: Callable[[Task], None], threads: int, each: int) -> None:
        self._do = do
        self._each = each
        self._threads = threads
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[Task]] = {}
        self._running: dict[str, int] = {}
        self._error: BaseException | None = None

    def run(self, tasks: Iterable[Task]) -> None:
        """Do all tasks; returns when the last one is done.

        Raises:
            Exception: what the function raised; no further task is begun then.
        """
        with ThreadPoolExecutor(self._threads, thread_name_prefix="audit") as pool:
            for task in tasks:
                with self._changed:
                    registry = task.target.registry
                    self._waiting.setdefault(registry, deque()).append(task)
                    self._start(pool)
                    while not self._has_room():
                        # Whoever is through makes room only when the next one begins.
                        self._changed.wait()
                        self._start(pool)
                    if self._error is not None:
                        break
            with self._changed:
                while not self._error and any(self._waiting.values()):
                    self._start(pool)
                    self._changed.wait()
        if self._error is not None:
            raise self._error

    def _has_room(self) -> bool:
        return self._error is not None or self._count() < _MOST_WAITING

    def _count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _start(self, pool: ThreadPoolExecutor) -> None:
        for registry, tasks in self._waiting.items():
            while tasks and self._running.get(registry, 0) < self._each:
                self._running[registry] = self._running.get(registry, 0) + 1
                pool.submit(self._one, registry, tasks.popleft())

    def _one(self, registry: str, task: Task) -> None:
        try:
            if self._error is None:
                self._do(task)
        except BaseException as error:  # noqa: BLE001 - it is raised where it can be told
            self._error = error
        with self._changed:
            self._running[registry] -= 1
            self._changed.notify_all()
