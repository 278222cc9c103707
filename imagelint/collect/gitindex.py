"""Which files a repository tracks, and how they were when git last saw them, by its index alone.

The format: https://git-scm.com/docs/index-format, versions 2 to 4.
"""

from __future__ import annotations

import os
import re
from struct import Struct, error

from imagelint.core.record import NamedTuple

__all__ = ["IndexEntry", "read_index", "tracked_files", "uncertain_files", "written"]

_MOST_BYTES = 256 * 1024 * 1024
_HEADER = Struct(">4sII")
_FLAGS = Struct(">H")
_STATUS = Struct(">IIII8xI8xI")
_BEFORE_HASH = 40
_SHA1, _SHA256 = 20, 32
_EXTENDED = 0x4000
_SKIPPED = 0x4000
_STAGE = 0x3000
_MODULE = 0o160000
_SECOND = 1_000_000_000
_COMPRESSED = 4
_SHA256_REPOSITORY = re.compile(r"^\s*objectformat\s*=\s*sha256\s*$", re.MULTILINE | re.IGNORECASE)


class IndexEntry(NamedTuple):
    """How a file was when git last saw it: mode, times in nanoseconds, bytes, and its object.

    Of the size the lowest 32 bits are known. A file that is `skipped` need not be in the working
    tree (a sparse checkout); one that is `merging` is in conflict: this is one side of it.
    """

    mode: int
    changed: int
    modified: int
    size: int
    object: str
    skipped: bool = False
    merging: bool = False


class _Entry(NamedTuple):
    name: bytes
    end: int


def tracked_files(repository: str) -> frozenset[str] | None:
    """The files that a repository tracks, relative to its root; None where that cannot be told."""
    entries = read_index(repository)
    return None if entries is None else frozenset(name.rstrip("/") for name in entries)


def uncertain_files(repository: str) -> frozenset[str]:
    """What the working tree of a repository may lack though nobody deleted it, relative to it.

    That is what a sparse checkout leaves out, and submodules; folders end in `/`.
    """
    entries = read_index(repository) or {}
    modules = (f"{name}/" for name, entry in entries.items() if entry.mode == _MODULE)
    return frozenset((*modules, *(name for name, entry in entries.items() if entry.skipped)))


def read_index(repository: str) -> dict[str, IndexEntry] | None:
    """What the index of a repository holds, by path from its root.

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
        return _entries(data, hash_size)
    except (error, ValueError, IndexError):
        return None


def written(repository: str) -> int:
    """When the index was written, in nanoseconds; 0 where there is none.

    What was changed at that time or later may be another than it says:
    https://git-scm.com/docs/racy-git.
    """
    try:
        return os.stat(
            os.path.join(_git_folder(os.path.join(repository, ".git")), "index")
        ).st_mtime_ns
    except OSError:
        return 0


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


def _entries(data: bytes, hash_size: int) -> dict[str, IndexEntry] | None:
    magic, version, count = _HEADER.unpack_from(data)
    if magic != b"DIRC" or version not in (2, 3, _COMPRESSED):
        return None
    at, name = _HEADER.size, b""
    found: dict[str, IndexEntry] = {}
    for _ in range(count):
        status = _status(data, at, hash_size)
        name, at = _entry(data, at, hash_size, name if version == _COMPRESSED else None)
        found[os.fsdecode(name)] = status
    # A split index keeps most of its entries in another file.
    return None if data.startswith(b"link", at) else found


def _status(data: bytes, begin: int, hash_size: int) -> IndexEntry:
    c_seconds, c_rest, m_seconds, m_rest, mode, size = _STATUS.unpack_from(data, begin)
    flags_at = begin + _BEFORE_HASH + hash_size
    (flags,) = _FLAGS.unpack_from(data, flags_at)
    (more,) = _FLAGS.unpack_from(data, flags_at + 2) if flags & _EXTENDED else (0,)
    object_ = data[begin + _BEFORE_HASH : flags_at].hex()
    return IndexEntry(
        mode,
        c_seconds * _SECOND + c_rest,
        m_seconds * _SECOND + m_rest,
        size,
        object_,
        skipped=bool(more & _SKIPPED),
        merging=bool(flags & _STAGE),
    )


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
