"""Write a text so that its file is never seen half written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_DEVICES = "/dev/"


def write_text(path: str, chunks: Iterable[str]) -> None:
    """Write chunks of text as UTF-8; a special file (`/dev/stderr`, a pipe) is written directly.

    Raises:
        UsageError: it cannot be written, or a link of the examined tree leads there.
    """
    from imagelint.collect.plantedlinks import planted_link

    link = None if path.startswith(_DEVICES) else planted_link(path)
    if link is not None:
        detail = f"is not written: `{link}` is a link that the examined tree brings"
        help_ = f"write elsewhere, or name what it leads to: {os.path.realpath(path)}"
        raise UsageError(Diagnostic(detail, at=path, help=help_))
    try:
        if path.startswith(_DEVICES) or (os.path.exists(path) and not os.path.isfile(path)):
            # Behind /dev/stderr may be a log that others write too: never begin it anew.
            with open(path, "a", encoding="utf-8", errors="backslashreplace") as special:
                special.writelines(chunks)
            return
        _replace(os.path.realpath(path), chunks)
    except OSError as error:
        detail = (os.strerror(error.errno) if error.errno else str(error)).lower()
        raise UsageError(Diagnostic(f"cannot write: {detail}", at=path)) from error


def rewrite(path: str, before: str, after: str) -> None:
    """Put a text in the place of another one, whose file keeps its mode.

    Raises:
        UsageError: it cannot be written, or holds something else by now.
    """
    try:
        with open(path, "rb") as file:
            held = file.read(len(before.encode("utf-8")) + 1)
        if held != before.encode("utf-8"):
            raise UsageError(Diagnostic("was changed meanwhile, and is left alone", at=path))
        place = os.path.realpath(path)
        _replace(place, (after,), os.stat(place).st_mode & 0o7777)
    except OSError as error:
        detail = (os.strerror(error.errno) if error.errno else str(error)).lower()
        raise UsageError(Diagnostic(f"cannot write: {detail}", at=path)) from error


def _replace(path: str, chunks: Iterable[str], mode: int | None = None) -> None:
    import tempfile

    folder = os.path.dirname(path)
    descriptor, temporary = tempfile.mkstemp(prefix=".imagelint-", dir=folder)
    try:
        encoding, errors = "utf-8", "backslashreplace"
        with os.fdopen(descriptor, "w", encoding=encoding, errors=errors, newline="") as file:
            file.writelines(chunks)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask if mode is None else mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
