"""What asks a process to end, and how it does: what it has started and laid down goes first."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from imagelint.core.report import ExitCode

if TYPE_CHECKING:
    from types import FrameType

SIGNALLED = 128
"""Behind it are the exit codes of who was ended by a signal."""


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
    if all(one.daemon or one is threading.main_thread() for one in threading.enumerate()):
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
