"""Values of flags that the program which runs a container refuses: amounts, ports, times.

docker/go-units: size.go; docker/go-connections: nat/parse.go; docker/cli: opts/, runconfig/opts;
containers/podman: pkg/specgenutil/specgen.go (`MakeHealthCheckFromCli`)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.complaints import InvalidPort, InvalidQuantity, InvalidValue
from imagelint.documents.quantity import GO_UNITS, parse_bytes, parse_count, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.runlines.line import Flag, RunLine
    from imagelint.documents.runlines.values import Value

_LAST_PORT = 65_535
_PORTS = pattern(
    r"(?:\[[0-9A-Fa-f:.]{2,45}\]:|[0-9.]{7,15}:)?(?:(?P<host>[0-9]+(?:-[0-9]+)?)?:)?"
    r"(?P<own>[0-9]+(?:-[0-9]+)?)(?:/[a-z]+)?"
)
_NEVER = "disable"  # Podman's word for a check that is asked by hand


def refused_values(line: RunLine, keys: Mapping[str, str]) -> Iterator[Complaint]:
    """Why a program refuses values of a line; `keys` are the names of flags where they have others.

    What is not known is not judged; services of a swarm wait for times, not for seconds.
    """
    for flag in line.flags:
        asked = None if line.is_service else _ASKED.get(flag.name)
        if asked is not None and flag.value is not None and flag.value.known:
            yield from asked(flag, flag.value, _named(flag, keys))


def _named(flag: Flag, keys: Mapping[str, str]) -> str:
    return f"{keys[flag.name]}=" if flag.name in keys else f"--{flag.name}"


def _amount(flag: Flag, value: Value, name: str) -> Iterator[Complaint]:
    text = value.known
    unlimited = flag.name == "memory-swap" and text == "-1"
    if unlimited or parse_bytes(text) is not None:
        return
    message = f"{name} takes an amount of memory, and `{text[:60]}` is none"
    yield InvalidQuantity(value.span, name, message, "write a number and a unit, such as `8g`")


def _ports(_: Flag, value: Value, name: str) -> Iterator[Complaint]:
    found = _PORTS.fullmatch(value.known)
    for part in (found["host"], found["own"]) if found is not None else ():
        for number in (part or "").split("-"):
            count = parse_count(number)
            if number and (count is None or count > _LAST_PORT):
                message = f"{name} publishes ports, and {number[:60]} is none"
                yield InvalidPort(value.span, name, message, "write a number from 1 to 65535")
                return


def _time(_: Flag, value: Value, name: str) -> Iterator[Complaint]:
    seconds = parse_duration(value.known, GO_UNITS)
    if value.known == _NEVER or (seconds is not None and seconds >= 0):
        return
    why = "is none" if seconds is None else "is less than nothing"
    message = f"{name} takes a time, and `{value.known[:60]}` {why}"
    yield InvalidValue(value.span, name, message, "write a number and a unit, such as `30s`")


def _count(flag: Flag, value: Value, name: str) -> Iterator[Complaint]:
    text = value.known
    endless = flag.name == "stop-timeout" and text == "-1"
    if not endless and parse_count(text) is None:
        message = f"{name} takes a whole number, and `{text[:60]}` is none"
        yield InvalidValue(value.span, name, message, "write a number, such as `60`")


_ASKED: dict[str, Callable[[Flag, Value, str], Iterator[Complaint]]] = {
    **dict.fromkeys(("memory", "memory-reservation", "memory-swap", "shm-size"), _amount),
    "publish": _ports,
    **dict.fromkeys(
        ("health-interval", "health-start-interval", "health-start-period", "health-timeout"),
        _time,
    ),
    **dict.fromkeys(("health-retries", "stop-timeout"), _count),
}
