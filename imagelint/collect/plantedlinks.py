"""Links that come with a tree that is judged: nothing is written through them.

A report that follows one would end where whoever made the tree wants it, over the policy or a file
of the user.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.findup import judged_folders, repository_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_LINKS = (
    40  # as Linux follows at most: https://man7.org/linux/man-pages/man7/path_resolution.7.html
)


def planted_link(path: str) -> str | None:
    """The first link on the way to a path that the tree brought, not the user.

    In a repository that is one that git tracks; elsewhere each below a folder of which something,
    be it one file, is judged.
    """
    return next((link for link in _links(path) if _is_planted(link)), None)


def _is_planted(link: str) -> bool:
    root = repository_of(os.path.dirname(link))
    if root is None:
        above = os.path.dirname(link)
        return any(os.path.commonpath((above, folder)) == folder for folder in judged_folders())
    from imagelint.collect.gitindex import tracked_files

    tracked = tracked_files(root)
    return tracked is None or os.path.relpath(link, root) in tracked


def _links(path: str) -> Iterator[str]:
    """The links on the way to a path, each by a path that has none before it."""
    place, met = os.sep, 0
    todo = os.path.join(os.getcwd(), path).split(os.sep)[::-1]
    while todo and met < _MOST_LINKS:
        name = todo.pop()
        if name == os.pardir:
            place = os.path.dirname(place)
            continue
        here = os.path.join(place, name) if name not in ("", os.curdir) else place
        if not os.path.islink(here):
            place = here
            continue
        yield here
        met += 1
        target = os.readlink(here)
        place = os.sep if os.path.isabs(target) else place
        todo += target.split(os.sep)[::-1]
