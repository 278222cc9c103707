"""Paths of another system: its links lead on within it, never into the one that we run on."""

from __future__ import annotations

import os
from collections import deque

_MOST_LINKS = 40
"""As the kernel follows them."""


def below(root: str, path: str) -> str:
    """Where an absolute path of the system below a root lies, with its links followed there."""
    if root == os.sep:
        return path
    left, found, links = deque(path.split(os.sep)), list[str](), 0
    while left:
        part = left.popleft()
        if part in ("", os.curdir):
            continue
        if part == os.pardir:
            found = found[:-1]
            continue
        try:
            target = os.readlink(os.path.join(root, *found, part))
        except OSError:
            found.append(part)
            continue
        links += 1
        if links > _MOST_LINKS:
            return os.path.join(root, *found, part, *left)
        found = [] if target.startswith(os.sep) else found
        left.extendleft(reversed(target.split(os.sep)))
    return os.path.join(root, *found)
