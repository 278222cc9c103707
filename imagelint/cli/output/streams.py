"""Standard output to the last byte: who reads it may go away, and where it goes may be full."""

from __future__ import annotations

import io
import os
import sys

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import ExitCode


def take_every_text() -> None:
    """What the encoding of standard output lacks, file names of strange bytes say, is escaped."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Write to standard output.

    Raises:
        UsageError: it cannot be written.
        BrokenPipeError: nobody reads it any more.
    """
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error) from error


def deliver(code: int) -> int:
    """Hand over what is still held back; the code to exit with.

    Raises:
        UsageError: it cannot be written.
    """
    if sys.stdout.closed:
        return code  # a language server ends its conversation so, and has handed over all
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up()
        return ExitCode.INCOMPLETE
    except OSError as error:
        _give_up()
        raise unwritable(error) from error
    return code


def unwritable(error: OSError) -> UsageError:
    """Why standard output did not take what we say."""
    detail = os.strerror(error.errno or 0).lower()
    return UsageError(Diagnostic(f"cannot write: {detail}", at="standard output"))


def _give_up() -> None:
    """Python would try once more at exit, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def width() -> int:
    """The columns of the terminal; 0 where there is none."""
    if sys.stdout.isatty():
        from shutil import get_terminal_size

        return get_terminal_size().columns
    return 0
