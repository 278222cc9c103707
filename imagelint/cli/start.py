"""The entry point: sets the interpreter up, then loads the program."""

from __future__ import annotations

import gc
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from imagelint.core.report import ExitCode

if TYPE_CHECKING:
    from types import FrameType

ALLOCATIONS = 500_000
"""So many more objects than were let go, some dozen megabytes, are a reason to look for cycles."""

SIGNALLED = 128
"""Behind it are the exit codes of who was ended by a signal."""


def run() -> None:
    """Run the program and exit with its code."""
    # Documents are gone when nobody needs them, and what is left of a run lives to its end: to look
    # for cycles among a few hundred thousand objects took a twentieth of a run and found nothing.
    gc.set_threshold(ALLOCATIONS)
    open_streams()
    # Not above: to load the program is a good part of what it does with a small file.
    from imagelint.cli.main import run as run_program

    take_signals()
    try:
        run_program()
    except SystemExit as end:
        if isinstance(end.code, int) and end.code > SIGNALLED:
            leave_threads(end.code)
        raise


def open_streams() -> None:
    """Open what was closed of the standard streams: else the next file takes its place.

    What is written to a standard output that was closed fails, as on a full disk; nobody has to
    read what is said beside it.
    """
    import os

    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the lowest number that is free
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


class Terminated(KeyboardInterrupt):
    """Somebody wants the process to end; `code` is what a shell says of one that did.

    Its default would be to end at once, and to leave a scanner running that nobody waits for, and a
    folder with the layers of an image. It ends as ^C does instead.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = SIGNALLED + number


def take_signals() -> None:
    """Clear away before ending; a signal that was told to be ignored (nohup) still is."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminate)


def _terminate(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # who asks twice does not wait for anything
    raise Terminated(number)


def code_of(interrupt: BaseException | None) -> int:
    """The exit code behind an interrupt; None: ^C."""
    return interrupt.code if isinstance(interrupt, Terminated) else ExitCode.INTERRUPTED


def leave_threads(code: int) -> None:
    """End now if there are threads that still wait for somebody: Python would wait for them."""
    import os
    import threading

    if all(one.daemon or one is threading.main_thread() for one in threading.enumerate()):
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
