"""Tags that are versions: which others are of the same kind, and which is the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

# `v0.8.5.post1`, `24.10-py3`, `12.4.1-cudnn-devel-ubuntu22.04`, `server-cuda-b4719`, `rocm6.2`
_VERSION = pattern(
    r"(?P<head>(?:[A-Za-z]+[-_])*[A-Za-z]*)"
    r"(?P<version>\d{1,9}(?:\.\d{1,9}){0,5})"
    r"(?:\.?(?P<early>rc|a|b)(?P<pre>\d{1,9}))?"
    r"(?:\.?post(?P<post>\d{1,9}))?"
    r"(?P<tail>(?:[-_.+].*)?)"
)
# A commit is no version, however many digits it begins with.
_COMMIT = pattern(r"(?:.*[-_.])?(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,64}")


class TagVersion(NamedTuple):
    """A tag taken apart: `line` says for what it is, `numbers` which version, `post` which build.

    Tags of one line are written alike, but for their numbers: `head` and `tail` are the same, and
    there are as many numbers. `pre` says which candidate of a release it is (`1.0.0rc6`), the
    release itself is above them all.
    """

    line: tuple[str, int, str]
    numbers: tuple[int, ...]
    pre: tuple[str, int]
    post: int

    @property
    def is_released(self) -> bool:
        """Whether it is no candidate."""
        return self.pre == _RELEASED


_RELEASED = ("~", 0)
"""Above all letters of candidates."""


def read_version(tag: str) -> TagVersion | None:
    """The version that a tag is, or None for one that moves (`latest`) or names a commit."""
    match = _VERSION.fullmatch(tag)
    if match is None or _COMMIT.fullmatch(tag):
        return None
    numbers = tuple(map(int, match["version"].split(".")))
    line = match["head"], len(numbers), match["tail"]
    pre = (match["early"], int(match["pre"])) if match["early"] else _RELEASED
    return TagVersion(line, numbers, pre, int(match["post"] or 0))


def newest_alike(tag: str, tags: Iterable[str]) -> str:
    """The newest tag of the same line, the tag itself if there is none above it.

    A tag that is no version has no line: it stays. What is released does not move to a candidate.
    """
    current = read_version(tag)
    if current is None:
        return tag
    best, found = tag, current
    for other in tags:
        version = read_version(other)
        if version is None or (current.is_released and not version.is_released):
            continue
        if version.line == current.line and version[1:] > found[1:]:
            best, found = other, version
    return best
