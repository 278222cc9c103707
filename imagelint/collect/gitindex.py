"""Which files a repository tracks, by its index alone: for where git cannot be asked.

The format: https://git-scm.com/docs/index-format, versions 2 to 4.
"""

from __future__ import annotations

import os
import re
from struct import Struct, error

from imagelint.core.record import NamedTuple

__all__ = ["tracked_files"]

_MOST_BYTES = 256 * 1024 * 1024
_HEADER = Struct(">4sII")
_FLAGS = Struct(">H")
_BEFORE_HASH = 40
_SHA1, _SHA256 = 20, 32
_EXTENDED = 0x4000
_COMPRESSED = 4
_SHA256_REPOSITORY = re.compile(r"^\s*objectformat\s*=\s*sha256\s*$", re.MULTILINE | re.IGNORECASE)


class _Entry(NamedTuple):
    name: bytes
    end: int


def tracked_files(repository: str) -> frozenset[str] | None:
    """The files that a repository tracks, relative to its root.

    `repository` is the folder that holds `.git`. None where the index cannot be read, or is only a
    part of it. A submodule, or a folder of a sparse index, stands there as a name without a file.
    """
    folder = _git_folder(os.path.join(repository, ".git"))
    data = _read(os.path.join(folder, "index"))
    if data is None:
        return None
    config = _read(os.path.join(folder, "config")) or b""
    hash_size = _SHA256 if _SHA256_REPOSITORY.search(config.decode("utf-8", "replace")) else _SHA1
    try:
        return _names(data, hash_size)
    except (error, ValueError, IndexError):
        return None


def _git_folder(path: str) -> str:
    """`.git`, or the folder that a file of that name points at (worktrees, submodules)."""
    text = _read(path) if os.path.isfile(path) else None
    if text is None or not text.startswith(b"gitdir:"):
        return path
    return os.path.join(os.path.dirname(path), os.fsdecode(text[7:].strip()))


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError:
        return None
    return data if len(data) <= _MOST_BYTES else None


def _names(data: bytes, hash_size: int) -> frozenset[str] | None:
    magic, version, count = _HEADER.unpack_from(data)
    if magic != b"DIRC" or version not in (2, 3, _COMPRESSED):
        return None
    at, name = _HEADER.size, b""
    names: set[str] = set()
    for _ in range(count):
        name, at = _entry(data, at, hash_size, name if version == _COMPRESSED else None)
        names.add(os.fsdecode(name).rstrip("/"))
    # A split index keeps most of its entries in another file.
    return None if data.startswith(b"link", at) else frozenset(names)


def _entry(data: bytes, begin: int, hash_size: int, before: bytes | None) -> _Entry:
    """The name of an entry and where the next one begins; `before` where names are compressed."""
    at = begin + _BEFORE_HASH + hash_size
    (flags,) = _FLAGS.unpack_from(data, at)
    at += 4 if flags & _EXTENDED else 2
    if before is not None:
        kept, at = _kept(data, at, len(before))
        end = data.index(0, at)
        return _Entry(before[:kept] + data[at:end], end + 1)
    end = data.index(0, at)
    # One to eight zeros fill the entry up to a multiple of eight bytes.
    return _Entry(data[at:end], begin + (end - begin + 8) // 8 * 8)


def _kept(data: bytes, at: int, length: int) -> tuple[int, int]:
    """How much of the name before is kept: a number in git's offset encoding says what goes."""
    number = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        number = ((number + 1) << 7) | (data[at] & 0x7F)
    if number > length:
        raise ValueError
    return length - number, at + 1
