"""Progress on a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE_SECONDS = 1.0
_REDRAW_SECONDS = 0.1


def progress(what: str, *, quiet: bool) -> Callable[[int, int], None]:
    """A counter on the terminal for what takes longer than a second; silent elsewhere."""
    if quiet or not sys.stderr.isatty():
        return lambda _done, _of: None
    started = time.monotonic()
    drawn = [started]

    def tell(done: int, of: int) -> None:
        now = time.monotonic()
        if now - started < _PATIENCE_SECONDS:
            return
        if done >= of:
            click.echo("\r\x1b[K", err=True, nl=False)
        elif now - drawn[0] >= _REDRAW_SECONDS:
            drawn[0] = now
            click.echo(f"\r\x1b[K{what}: {done} of {of}", err=True, nl=False)

    return tell


@contextmanager
def steps(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Shows on a terminal what is being done; silent elsewhere. The line is gone at the end."""
    shown = not quiet and sys.stderr.isatty()

    def tell(step: str) -> None:
        if shown:
            click.echo(f"\r\x1b[K{click.unstyle(step)} …", err=True, nl=False)

    try:
        yield tell
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)
