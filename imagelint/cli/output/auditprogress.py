"""How far an audit is, on a terminal and in a log."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from imagelint.audit.progress import Progress

_REDRAW_SECONDS = 0.2


def drawn(progress: Progress, *, quiet: bool) -> Callable[[], None]:
    """Draws how far it is, on a terminal and not too often."""
    if quiet or not sys.stderr.isatty():
        return lambda: None
    last = [0.0]

    def draw() -> None:
        now = time.monotonic()
        if now - last[0] >= _REDRAW_SECONDS:
            last[0] = now
            click.echo(f"\r\x1b[K{progress.line()}", err=True, nl=False)

    return draw


def logged(path: str, stack: ExitStack) -> Callable[[str], None]:
    """Writes lines to a file; `-` is standard error."""
    if not path:
        return lambda _line: None
    file = stack.enter_context(click.open_file(path, "a", encoding="utf-8", lazy=False))

    def log(line: str) -> None:
        file.write(f"{line}\n")

    return log
