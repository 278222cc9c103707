"""What a program has started, as far as the system tells: its process group does not hold it all.

A child in a session of its own is in no group of its parent's, and one whose parent has ended is
nobody's child any more. It still has the variables with which it was started, though, and ours
name a folder that no other program is told of. Where there is no `/proc`, nobody is found.
https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from imagelint.core.record import NamedTuple

_PROC = "/proc"
_ROUNDS = 10  # who starts others faster than they are found is not caught up with for ever
_LARGEST = 1024 * 1024  # bytes of what a process tells of itself
_PARENT, _START = 1, 19  # fields behind the name and its parentheses


class ProcessMark(NamedTuple):
    """A process by its number, and by when it started: numbers are given again."""

    number: int
    started: bytes


def descendants(number: int) -> tuple[ProcessMark, ...]:
    """The children of a process, and theirs."""
    children: dict[int, list[int]] = {}
    started: dict[int, bytes] = {}
    for one in _numbers():
        fields = _fields(one)
        if fields:
            started[one] = fields[_START]
            children.setdefault(int(fields[_PARENT]), []).append(one)
    found = [number]
    for one in found:
        found += children.pop(one, ())
    return tuple(ProcessMark(one, started[one]) for one in found[1:])


def end_all(known: tuple[ProcessMark, ...], folder: str) -> None:
    """End processes, and all that were started with the path of a folder in a variable."""
    for one in known:
        fields = _fields(one.number)
        if fields and fields[_START] == one.started:
            _end(one.number)
    for _ in range(_ROUNDS):
        told = [one for one in _numbers() if _is_told(one, folder)]
        if not told:
            return
        for number in told:
            _end(number)


def _end(number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(number, signal.SIGKILL)


def _numbers() -> list[int]:
    try:
        names = os.listdir(_PROC)
    except OSError:
        return []
    own = os.getpid()
    return [int(name) for name in names if name.isdecimal() and int(name) != own]


def _fields(number: int) -> list[bytes]:
    """What the system tells of a process, from its state on; empty where it has gone."""
    # The name stands before it in parentheses, and may hold any.
    return _read(number, "stat").rpartition(b") ")[2].split()


def _is_told(number: int, folder: str) -> bool:
    return os.fsencode(os.path.join(folder, "")) in _read(number, "environ")


def _read(number: int, name: str) -> bytes:
    try:
        with open(f"{_PROC}/{number}/{name}", "rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""
