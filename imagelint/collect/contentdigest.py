"""What the code of a package is."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def content_digest(places: Iterable[str]) -> str:
    """What the modules of Python below some folders, and some files, say, in hexadecimal digits."""
    found = hashlib.sha256()
    for place in places:
        for path in _modules(place):
            with suppress(OSError), open(path, "rb") as file:
                found.update(f"{os.path.relpath(path, place)}\0".encode())
                found.update(hashlib.sha256(file.read()).digest())
    return found.hexdigest()


def _modules(place: str) -> Iterator[str]:
    if not os.path.isdir(place):
        yield place
    for current, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(current, name) for name in sorted(names) if name.endswith(".py"))
