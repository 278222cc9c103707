"""Read files of results: streamed, so that memory does not grow with them, and without trust."""

from __future__ import annotations

import os
import stat
from hashlib import file_digest
from typing import TYPE_CHECKING

from imagelint.collect.results.archive import read_archive
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.formats import ARCHIVE, PASSED_OVER, read
from imagelint.documents.evaluation.results import sound

if TYPE_CHECKING:
    from imagelint.documents.evaluation.results import ResultFile

PIECE = 1024 * 1024
LARGEST = 64 * 1024**3
"""Bytes of one file."""
MOST_FILES = 10_000
_ENDINGS = (".json", ".jsonl", ".ndjson", ".eval", ".csv")


def result_files(path: str) -> list[str] | Problem:
    """The path itself, or the files of a folder that may be results, sorted."""
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, folders, names in os.walk(path):
        folders.sort()
        found += [
            os.path.join(folder, name)
            for name in sorted(names)
            if name.lower().endswith(_ENDINGS) and name not in PASSED_OVER
        ]
        if len(found) > MOST_FILES:
            return Problem(ProblemKind.TOO_LARGE, path, f"holds more than {MOST_FILES:,} files")
    if not found:
        detail = f"holds no file of results ({', '.join(_ENDINGS)})"
        return Problem(ProblemKind.NOTHING_EXAMINED, path, detail)
    return found


def read_results(path: str, origin: str) -> ResultFile | Problem:
    """The results in one file, or why there are none."""
    try:
        return sound(_read(path, origin))
    except DocumentError as error:
        return error.problem(Source(origin, ""))
    except OSError as error:
        kind = (
            ProblemKind.NOT_FOUND
            if isinstance(error, FileNotFoundError)
            else ProblemKind.UNREADABLE
        )
        return Problem(kind, origin, f"cannot be read: {error.strerror or error}")


def _read(path: str, origin: str) -> ResultFile:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError(ProblemKind.UNREADABLE, "is not a regular file")
        if status.st_size > LARGEST:
            raise DocumentError(ProblemKind.TOO_LARGE, f"has {status.st_size:,} bytes")
        if file.read(len(ARCHIVE)) == ARCHIVE:
            return read_archive(file, origin)
        file.seek(0)
        return read(origin, iter(lambda: file.read(PIECE), b""))


def digest_of(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal; empty where it cannot be read, or may never end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            return file_digest(file, "sha256").hexdigest() if regular else ""
    except OSError:
        return ""
