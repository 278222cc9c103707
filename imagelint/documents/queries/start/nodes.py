"""What the pods of a group are told by which they do not find each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.serving import is_worker_pod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch

_OWN = ("localhost", "127.0.0.1", "[::1]")


class Misled(NamedTuple):
    """A flag by which a pod does not find its group, what is said of it, and what helps."""

    switch: Switch
    said: str
    help: str


def misled_workers(server: ServingCommand) -> Iterator[Misled]:
    """The flags of the pods behind a leader by which they never join it.

    The leader itself may call itself by any name.
    """
    known = server.facts
    if known is None or not is_worker_pod(server):
        return
    for switch in server.switches:
        told = value_or(switch.value, "")
        if switch.name in known.traits.rank_flags and parse_count(told) == 0:
            said = "those behind the leader say that they are node 0, as it does"
            yield Misled(switch, said, "tell each its own number: `$(LWS_WORKER_INDEX)`")
        elif switch.name in known.multi_node and _host(told) in _OWN:
            said = f"each of the group looks for the leader on its own `{_host(told)}`"
            yield Misled(switch, said, "name the leader: `$(LWS_LEADER_ADDRESS)`")


def _host(address: str) -> str:
    """The host of an address: `host`, `host:port`, `tcp://host:port`."""
    return address.rpartition("//")[2].rpartition(":")[0] or address
