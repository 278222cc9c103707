"""The one module that reads the environment and the clock."""

from __future__ import annotations

import os
import time


def variable(name: str) -> str:
    """An environment variable; empty when it is not set."""
    return os.environ.get(name, "")


def variables() -> dict[str, str]:
    """All environment variables, to choose from by an allow-list."""
    return dict(os.environ)


def cache_folder() -> str:
    """Where results are kept: `$XDG_CACHE_HOME/imagelint`, by default `~/.cache/imagelint`.

    https://specifications.freedesktop.org/basedir-spec/: a relative path there is ignored.
    """
    base = variable("XDG_CACHE_HOME")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "imagelint")


def processors() -> int:
    """How many processes can run at once."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def now() -> int:
    """Seconds since 1970, UTC."""
    return int(time.time())


def moment(later: int = 0) -> str:
    """The second in UTC as `2026-01-31T12:00:00Z`, or one so many seconds later."""
    return moment_of(time.time() + later)


def moment_of(seconds: float) -> str:
    """So many seconds since 1970 as `2026-01-31T12:00:00Z`; empty where no calendar has them."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return ""


def today() -> str:
    """The date in UTC as `2026-01-31`."""
    return time.strftime("%Y-%m-%d", time.gmtime())
