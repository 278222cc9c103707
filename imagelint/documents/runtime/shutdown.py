"""How a container is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Field, unread

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span


class Shutdown(NamedTuple):
    """How a container is stopped: a hook, SIGTERM, and SIGKILL once the grace period is over.

    `grace` are seconds from the beginning, a default known without a span. `hook` is how long the
    hook waits before SIGTERM, absent without one. `init` tells whether another process is the first
    of the container, which passes signals on. `unhooked` is where a patch took the hook away.
    """

    grace: Field[float] = unread()
    hook: Fact[float] = UNKNOWN
    init: Field[bool] = unread()
    unhooked: Span | None = None
