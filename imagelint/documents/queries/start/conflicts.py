"""Flags that a server is told together, and refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.knowledge.serving.conflicts import flag_conflicts
from imagelint.knowledge.serving.flags import number_flags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch
    from imagelint.knowledge.serving.conflicts import FlagConflict

_OFF = ("false", "0", "")


class Refused(NamedTuple):
    """A flag at its place, and another that it is refused with, or, if `needed`, without.

    With an `order` both are numbers, and the first has to be `below` the other, or at `most` it.
    """

    switch: Switch
    other: str
    needed: bool
    order: str = ""


def refused_flags(server: ServingCommand) -> Iterator[Refused]:
    """The flags of a server that end it because of another one."""
    known = server.facts
    if known is None or server.concluded:
        return
    given = {switch.name for switch in server.switches}
    for row in flag_conflicts(server.engine):
        told = known.canonical(row.flag) in given
        first = _told(server, row.flag, row.other) if told else None
        if first is None or not _holds(first, row):
            continue
        if row.needed:
            if server.switch(row.other) is ABSENT:
                yield Refused(first, row.other, needed=True)
            continue
        second = _told(server, row.other, row.flag)
        if second is not None:
            yield from _together(first, second, row)


def _together(first: Switch, second: Switch, row: FlagConflict) -> Iterator[Refused]:
    """Two flags that are refused beside each other, at the one to be changed."""
    if row.order:
        if _out_of_order(first, second, row.order):
            yield Refused(first, second.written, needed=False, order=row.order)
    elif _concerns(second, row):
        yield Refused(second, first.written, needed=False)


def opposite_flags(server: ServingCommand) -> Iterator[tuple[Switch, Switch]]:
    """Flags that are switched on and off by two words of one command: the first, and the last."""
    if server.facts is None or server.concluded:
        return
    said: dict[str, list[Switch]] = {}
    for switch in server.switches:
        if not switch.variable and not switch.keyed and switch.value_span == switch.span:
            said.setdefault(switch.name, []).append(switch)
    for switches in said.values():
        first, last = switches[0], switches[-1]
        one, other = _spelling(first), _spelling(last)
        if one != other and other in (f"no-{one}", one.removeprefix("no-")):
            yield first, last


def repeated_flags(server: ServingCommand) -> Iterator[tuple[Switch, Switch]]:
    """Flags that take one value and are given two by one command: the first, and the last.

    Of two that are the same nothing is lost.
    """
    known = server.facts
    if known is None or server.concluded:
        return
    single = {names[0] for names in known.options.values() if names} | {
        *number_flags(server.engine)
    }
    said: dict[str, list[Switch]] = {}
    for switch in server.switches:
        named = switch.name in single and switch.name not in known.lists
        if named and switch.written.startswith("-") and isinstance(switch.value, Known):
            said.setdefault(switch.name, []).append(switch)
    for switches in said.values():
        values = {value_or(one.value, "") for one in switches}
        if len(values) > 1:
            yield switches[0], switches[-1]


def _out_of_order(first: Switch, second: Switch, order: str) -> bool:
    """Whether two numbers are certainly not as they have to be."""
    if not isinstance(first.value, Known) or not isinstance(second.value, Known):
        return False
    low, high = parse_count(first.value.value), parse_count(second.value.value)
    if low is None or high is None:
        return False
    return low >= high if order == "below" else low > high


def _told(server: ServingCommand, flag: str, other: str) -> Switch | None:
    """What a flag is told; of two names of one flag, as it is written."""
    found = server.find_switch(flag)
    known = server.facts
    if known is None or known.canonical(flag) != known.canonical(other):
        return found
    spelt = [one for one in server.switches if _spelling(one) == flag]
    return spelt[-1] if spelt else None


def _spelling(switch: Switch) -> str:
    return switch.written.lstrip("-").replace("_", "-").lower()


def _holds(switch: Switch, row: FlagConflict) -> bool:
    """Whether the first flag is certainly set, to a value for which the row is."""
    if not isinstance(switch.value, Known):
        return False
    value = switch.value.value
    return value in row.values if row.values else value.lower() not in _OFF


def _concerns(switch: Switch, row: FlagConflict) -> bool:
    if not isinstance(switch.value, Known):
        return False
    value = switch.value.value
    if row.above is not None:
        number = parse_count(value)
        return number is not None and number > row.above
    return value.lower() not in ("false", "") and value not in row.excepted
