"""The entry point: sets the interpreter up, then loads the program."""

from __future__ import annotations

import gc
import os
import sys

ALLOCATIONS = 2_000_000
"""So many more objects than were let go, some 150 MB, are a reason to look for cycles.

A text of a megabyte becomes about as many, and none of them are in a cycle.
"""


def run() -> None:
    """Run the program and exit with its code."""
    # Documents are gone when nobody needs them, and what is left of a run lives to its end: to look
    # for cycles among them took a twentieth of a run and found nothing.
    gc.set_threshold(ALLOCATIONS)
    open_streams()
    # Not above: to load the program is a good part of what it does with a small file.
    from imagelint.cli.main import run as run_program
    from imagelint.cli.termination import SIGNALLED, leave_threads, take_signals

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
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the lowest number that is free
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)
