"""How a service is stopped.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md#stop_grace_period
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.compose.values import boolean, is_set, value
from imagelint.documents.quantity import COMPOSE_UNITS, parse_duration
from imagelint.documents.runtime.field import Field
from imagelint.documents.runtime.shutdown import Shutdown

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.documents.yaml.cursor import Cursor

_GRACE = 10.0


def read_shutdown(service: Cursor) -> Shutdown:
    """How long a service has, and whether it gets an init process."""
    place = service["stop_grace_period"]
    fact = value(place)
    grace: Fact[float] = UNKNOWN
    if fact is ABSENT:
        grace = Known(_GRACE)
    elif isinstance(fact, Known):
        seconds = parse_duration(fact.value, COMPOSE_UNITS)
        grace = UNKNOWN if seconds is None else Known(seconds, fact.span)
    hook = UNKNOWN if is_set(service["pre_stop"]) else ABSENT
    return Shutdown(Field(grace, place), hook, Field(boolean(service["init"]), service["init"]))
