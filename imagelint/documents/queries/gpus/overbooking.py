"""Servers of one machine that together want more of a GPU than there is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.devices import parts_of_weights
from imagelint.documents.queries.serving import setting
from imagelint.documents.remembered import remembered_lookup
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import MEMORY_FRACTION

if TYPE_CHECKING:
    from imagelint.documents.base import Document

_COMPOSE = "compose"
# Shares are written with two or three digits.
_WHOLE = 1.0 + 1e-6
# What a server takes that is told none: 0.92 since vllm-project/vllm#38284, 0.9 in older releases.
_BY_DEFAULT = 0.9
_MOST = 64  # GPUs of one machine; of more nothing is said here
_MOST_NAMED = 3


class Overbooked(NamedTuple):
    """A GPU of which a server wants a share beside those that others take already.

    `others` are the first of them, `number` says how many they are.
    """

    gpu: str
    share: Known[float]
    taken: float
    others: tuple[str, ...]
    number: int


class _Taken:
    """What servers take of a GPU."""

    __slots__ = ("count", "names", "share")

    def __init__(self) -> None:
        self.share = 0.0
        self.names: list[str] = []
        self.count = 0

    def add(self, name: str, share: float) -> None:
        self.share += share
        self.count += 1
        if self.count <= _MOST_NAMED:
            self.names.append(name)


def overbooked(document: Document, server: ServingCommand) -> Overbooked | None:
    """The GPU on which the services before a server leave less than it wants, None without one.

    Services of one compose file run on one machine, but for those with profiles, which need not
    run together.
    """
    if document.kind != _COMPOSE:
        return None
    return _overbooked(document.nodes_of(ServingCommand)).get(server.launch.runtime.name)


@remembered_lookup
def _overbooked(servers: tuple[ServingCommand, ...]) -> dict[str, Overbooked]:
    """The servers that find too little, by the names of their services."""
    found: dict[str, Overbooked] = {}
    taken: defaultdict[str, _Taken] = defaultdict(_Taken)
    for server in servers:
        share = _claimed(server)
        if share is None:
            continue
        name, gpus = server.launch.runtime.name, _gpus_used(server)
        gpu = next((gpu for gpu in gpus if taken[gpu].share + share.value > _WHOLE), None)
        if gpu is not None and taken[gpu].count:
            full = taken[gpu]
            found[name] = Overbooked(gpu, share, full.share, tuple(full.names), full.count)
            continue
        for gpu in gpus:
            taken[gpu].add(name, share.value)
    return found


def _claimed(server: ServingCommand) -> Known[float] | None:
    """The share of each of its GPUs without which a server ends, None where it takes less."""
    known, share = server.facts, server.effective(MEMORY_FRACTION)
    if known is None or not known.traits.claims_fraction or not isinstance(share, Known):
        return None
    if any(server.switch(flag) is not ABSENT for flag in known.traits.fraction_overrides):
        return None
    if server.option(MEMORY_FRACTION) is ABSENT:
        share = Known(min(share.value, _BY_DEFAULT), share.span)
    return share if 0 < share.value <= 1 and not server.launch.runtime.optional else None


def _gpus_used(server: ServingCommand) -> tuple[str, ...]:
    """The numbers of the GPUs on which a server runs: the first ones of those that it sees."""
    gpus, count = server.launch.runtime.gpus, parts_of_weights(server, None)
    if not isinstance(gpus, Known) or not 0 < (count or 0) <= _MOST:
        return ()
    if setting(server, "CUDA_VISIBLE_DEVICES") is not ABSENT:
        return ()
    seen = gpus.value.devices
    if seen == ("all",):
        return tuple(map(str, range(count)))
    numbers = sorted(number for number in map(parse_count, seen) if number is not None)
    return tuple(map(str, numbers[:count])) if len(numbers) == len(seen) else ()
