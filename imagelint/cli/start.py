"""The entry point: sets the interpreter up, then loads the program."""

from __future__ import annotations

import gc

ALLOCATIONS = 500_000
"""So many more objects than were let go, some dozen megabytes, are a reason to look for cycles."""


def run() -> None:
    """Run the program and exit with its code."""
    # Documents are gone when nobody needs them, and what is left of a run lives to its end: to look
    # for cycles among a few hundred thousand objects took a twentieth of a run and found nothing.
    gc.set_threshold(ALLOCATIONS)
    # Not above: to load the program is a good part of what it does with a small file.
    from imagelint.cli.main import run as run_program

    run_program()
