"""What was found out about a file holds until it is another one."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_State = tuple[int, int, int, int, int]


class KeptByFile(Generic[T]):
    """Answers about files, each asked for once a state of its file, whichever thread comes first.

    Programs of scanners have more than a hundred megabytes: to read one for each image of a
    registry costs more than to look at the image.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[_State, T]] = {}

    def of(
        self,
        path: str,
        find: Callable[[], T],
        about: str = "",
        holds: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """What `find` says `about` a file; it is kept if it `holds`."""
        with self._lock:
            state = _state(path)
            known = self._known.get((path, about))
            if known is not None and known[0] == state:
                return known[1]
            found = find()
            if state is not None and holds(found):
                self._known[path, about] = state, found
            return found


def _state(path: str) -> _State | None:
    """What changes with the content of a file; nothing where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
