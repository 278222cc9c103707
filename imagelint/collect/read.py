"""Read one file as text: bounded, never a device, never out of the folder it was found in."""

from __future__ import annotations

import errno
import os
import stat
import sys

from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes. A rendered chart has a few; what is larger is not written by people."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class ReadResult(NamedTuple):
    """What became of a file: its text, or nothing, and the problems that were met."""

    source: Source | None
    problems: tuple[Problem, ...] = ()


def read_bytes(path: str, origin: str, within: str = "") -> bytes | Problem:
    """The content of a regular file of at most `LARGEST_FILE` bytes, or why there is none.

    With `within`, a folder without links in its path, no link is followed at the end of the path,
    and nothing is read that lies elsewhere: what was found may be replaced before it is read.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)
    if within:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        return unreadable(origin, error)
    try:
        if within and not _lies_within(descriptor, within):
            return Problem(ProblemKind.UNREADABLE, origin, "was moved while it was examined")
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            detail = "is a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            return Problem(ProblemKind.UNREADABLE, origin, detail)
        if status.st_size > LARGEST_FILE:
            return too_large(origin, status.st_size)
        return _whole(descriptor, status.st_size)
    except OSError as error:
        return unreadable(origin, error)
    finally:
        os.close(descriptor)


def _whole(descriptor: int, size: int) -> bytes:
    """What an open file holds, which had so many bytes; of one that grows, what we read at most.

    A file object would take as long to make as the reading takes.
    """
    data = os.read(descriptor, min(size + 1, LARGEST_FILE))
    if len(data) == size:
        return data
    pieces = [data]  # it grew or shrank, or the system tells no sizes, as in /proc
    while data and (left := LARGEST_FILE - sum(map(len, pieces))) > 0:
        data = os.read(descriptor, left)
        pieces.append(data)
    return b"".join(pieces)


def _lies_within(descriptor: int, folder: str) -> bool:
    """Whether an open file lies below a folder; true where the system cannot tell."""
    try:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return True
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def too_large(origin: str, size: int) -> Problem:
    """The problem of a text that is larger than we read."""
    return Problem(
        ProblemKind.TOO_LARGE,
        origin,
        f"has {size:,} bytes; files above {LARGEST_FILE:,} bytes are not examined",
        help="exclude it in the policy (`exclude:`) if it is not meant to be examined",
    )


def decode(data: bytes, origin: str) -> ReadResult:
    """The text of a file: UTF-8, with or without a byte-order mark.

    Bytes that are not UTF-8 become U+FFFD, with a problem that says where the first one stands;
    what has NUL bytes is binary and has no text.
    """
    if data.startswith(_UTF16_MARKS):
        return ReadResult(None, (_encoding(origin, "is UTF-16, not UTF-8"),))
    if b"\0" in data:
        detail = "is a binary file (it has NUL bytes)"
        return ReadResult(None, (Problem(ProblemKind.UNPARSABLE, origin, detail),))
    try:
        return ReadResult(Source(origin, data.decode("utf-8")))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        detail = f"is not valid UTF-8: byte {error.start + 1} in line {line}; the rest was examined"
        text = data.decode("utf-8", errors="replace")
        return ReadResult(Source(origin, text), (_encoding(origin, detail),))


def read_standard_input(origin: str) -> ReadResult:
    """The text on standard input, under the name that it stands for."""
    data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        return ReadResult(None, (too_large(origin, len(data)),))
    return decode(data, origin)


def _encoding(origin: str, detail: str) -> Problem:
    return Problem(ProblemKind.UNPARSABLE, origin, detail, help="save the file as UTF-8")


def unreadable(origin: str, error: OSError) -> Problem:
    """The problem that a file cannot be read."""
    detail = {
        errno.ENOENT: "no such file",
        errno.EACCES: "permission denied",
        errno.ELOOP: "too many levels of symbolic links",
        errno.EISDIR: "is a folder",
        errno.ENXIO: "not a regular file",
    }.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
    return Problem(ProblemKind.UNREADABLE, origin, detail)
