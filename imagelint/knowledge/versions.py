"""Versions of engines and drivers, and which one an image's tag says."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern as lazy
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import recognise_image

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image

Version: TypeAlias = tuple[tuple[int, ...], int, int]

# PEP 440: https://packaging.python.org/en/latest/specifications/version-specifiers/
_VERSION = lazy(
    r"[vb]?(?P<release>\d{1,9}(?:\.\d{1,9}){0,5})"
    r"(?:[._-]?(?P<word>dev|a|alpha|b|beta|rc|c|post)[._-]?(?P<number>\d{0,9}))?"
    r"(?:\+[a-z0-9.]*)?",
    re.ASCII,
)
# Behind another word (`cuda12.8.1`, `rocm6.4.1`) it is that one's version.
_IN_A_TAG = lazy(r"(?<![a-z\d.])v?(\d{1,9}\.\d{1,9}\.\d{1,9})(?![\d.])", re.ASCII)
# A version (`v0.11.0`, `25.09`), a build number (`b4719`), a commit or a date does not move.
_FIXED = lazy(r"\d+\.\d+|(?:^|[-_.])b\d{3,}(?:$|[-_.])|[0-9a-f]{7,}|\d{8}")
_CHANNEL = lazy(
    r"(?:^|[-_.])(?:latest|main|master|nightly|dev|develop|edge|canary|stable|head|rolling|snapshot"
    r"|testing|unstable|trunk)(?:$|[-_.])"
)
_ORDER = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "rc": -1, "c": -1, "": 0, "post": 1}


@cache
def version_key(text: str) -> Version | None:
    """What to compare a version by: `0.5.10.post1`, `1.3.0rc17`, `26.06`, `b9060`, `525.60.13`.

    None when the text is no version. Trailing zeros do not count, a local part (`+cu129`) neither.
    """
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return None
    release = [int(part) for part in match["release"].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    return tuple(release), _ORDER[match["word"] or ""], int(match["number"] or 0)


def compare_versions(left: str, right: str) -> int | None:
    """Below 0 when `left` is older, 0 when they are equal, above 0 when it is newer.

    None when one of them is no version.
    """
    first, second = version_key(left), version_key(right)
    if first is None or second is None:
        return None
    return (first > second) - (first < second)


def at_least(version: str, floor: str) -> bool | None:
    """Whether a version is `floor` or newer; None when one of them is no version."""
    order = compare_versions(version, floor)
    return None if order is None else order >= 0


def is_channel(tag: str) -> bool:
    """Whether a tag names a line of development, which moves: `nightly`, `main-cuda`, `edge`."""
    lowered = tag.lower()
    return bool(_CHANNEL.search(lowered)) and not _FIXED.search(lowered)


def engine_version(name: str, reference: Image) -> Fact[str]:
    """The engine's version by the tag of an image.

    Only tags of the project's own repositories say it: a downstream image has versions of its own.
    Floating tags, digests and images of other engines are unknown.
    """
    found = recognise_image(reference)
    if found is None or not found.upstream or found.engine != name or not reference.tag:
        return UNKNOWN
    pattern = found.release or engine(name).version
    match = re.fullmatch(pattern, reference.tag, re.ASCII) if pattern else None
    return Known(match[1]) if match else UNKNOWN


def hinted_version(name: str, reference: Image) -> str:
    """What looks like a version in the tag of a mirror, or of a build named after an engine.

    `registry.example.com/vllm-openai:v0.10.2-nixl-0.7.1` hints at 0.10.2: what stands behind the
    engine's name is the engine's, else what comes first, though that is not certain. Empty for
    images of other names, and for what no release of the engine is called: whoever builds an
    image anew may count by himself.
    """
    short = name.partition(".")[0]
    if short not in reference.repository.rpartition("/")[2]:
        return ""
    _, _, behind = reference.tag.lower().partition(short)
    match = _IN_A_TAG.search(behind.lstrip("-_")) or _IN_A_TAG.search(reference.tag.lower())
    return match[1] if match and _may_be_release(name, match[1]) else ""


def _may_be_release(name: str, version: str) -> bool:
    """Whether an engine may have such a release: a major version that its history knows."""
    texts = (text for gone in engine(name).removed for text in (gone.deprecated, gone.removed))
    known = [version_key(text) for text in texts]
    majors = [key[0][0] for key in known if key is not None]
    mine = version_key(version)
    return not majors or (mine is not None and mine[0][0] <= max(majors))
