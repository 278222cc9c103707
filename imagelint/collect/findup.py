"""Find a file in a folder or in the folders above it, no further than the repository's root."""

from __future__ import annotations

import os


def is_repository(folder: str) -> bool:
    """Whether a folder is the root of a repository."""
    return os.path.lexists(os.path.join(folder, ".git"))


def repository_of(folder: str) -> str | None:
    """The nearest folder from an absolute one upwards that holds `.git`."""
    current = folder
    while not is_repository(current):
        above = os.path.dirname(current)
        if above == current:
            return None
        current = above
    return current


def nearest(folder: str, name: str) -> str | None:
    """The path of the nearest file of that name from `folder` up to the root of its repository.

    A link to nothing, or a pipe, is found as well: who means a file is told that it is none.
    """
    current = os.path.abspath(folder)
    while True:
        path = os.path.join(current, name)
        if os.path.lexists(path) and not os.path.isdir(path):
            return path
        above = os.path.dirname(current)
        if above == current or is_repository(current):
            return None
        current = above


def root_of(folder: str) -> str:
    """The root of the repository that a folder is in.

    Outside of any it is where the user stands, or the folder itself when it does not lie below.
    """
    start = current = os.path.abspath(folder)
    while not is_repository(current):
        above = os.path.dirname(current)
        if above == current:
            here = os.getcwd()
            return here if os.path.commonpath((here, start)) == here else start
        current = above
    return current
