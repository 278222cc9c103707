"""The health check of a service, whose checks it waits for, and how it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.compose.values import boolean, is_set, value, word
from imagelint.documents.compose.words import whole
from imagelint.documents.quantity import COMPOSE_UNITS, parse_count, parse_duration
from imagelint.documents.runtime.field import Field
from imagelint.documents.runtime.probe import CheckKind, Probe, ProbeCheck, Probes, ProbeTiming
from imagelint.documents.runtime.shutdown import Shutdown
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.yaml.cursor import Cursor

_GRACE = 10.0
_HEALTHY = "service_healthy"


def read_probes(service: Cursor) -> Probes:
    """The one health check that a service has, whatever is asked for."""
    check = _read(service["healthcheck"])
    return Probes(check, check, check)


def awaited(service: Cursor) -> tuple[tuple[str, Node], ...]:
    """The services that have to be healthy before it starts, with the place that says so."""
    return tuple(
        (name, entry["condition"])
        for name, entry in service["depends_on"].entries()
        if word(entry["condition"]) == _HEALTHY and not _is_false(boolean(entry["required"]))
    )


def _is_false(fact: Fact[bool]) -> bool:
    return isinstance(fact, Known) and not fact.value


def _read(place: Cursor) -> Fact[Probe]:
    if not is_set(place):
        return ABSENT
    if not isinstance(place.node, Mapping):
        return UNKNOWN
    probe = Probe(
        place, "health check", "retries", kills=False, check=_check(place), timing=_timing(place)
    )
    return Known(probe, place.span)


def _check(check: Cursor) -> ProbeCheck:
    test = check["test"]
    listed = bool(test.items())
    words = tuple(whole(item).word for item in test.items()) if listed else (whole(test).word,)
    form = word(test[0]) if listed else word(test)
    if listed:
        words = words[1:]
    nothing = Field[str](ABSENT, test)
    command = Field(Known(words, test.span) if is_set(test) else ABSENT, test)
    in_shell = not listed or form == "CMD-SHELL"
    return ProbeCheck(_kind(check, form), nothing, nothing, nothing, command, in_shell)


def _kind(check: Cursor, form: str) -> Fact[CheckKind]:
    """A command, unless it is switched off; without one it is the image's own."""
    disabled = boolean(check["disable"])
    if form == "NONE" or (isinstance(disabled, Known) and disabled.value):
        return ABSENT
    if disabled is UNKNOWN or not is_set(check["test"]):
        return UNKNOWN
    return Known(CheckKind.EXEC, check["test"].span)


def _timing(check: Cursor) -> ProbeTiming:
    """https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck."""
    none = Field[float](ABSENT, check)
    return ProbeTiming(
        initial_delay=none,
        start_period=_duration(check["start_period"], 0.0),
        start_interval=_duration(check["start_interval"], 5.0),
        period=_duration(check["interval"], 30.0),
        timeout=_duration(check["timeout"], 30.0),
        failure_threshold=_duration(check["retries"], 3.0),
        success_threshold=none,
    )


def _duration(place: Cursor, default: float) -> Field[float]:
    """The seconds, or the number, at a place; zero stands for the default."""
    fact = value(place)
    if not isinstance(fact, Known):
        return Field(Known(default) if fact is ABSENT else UNKNOWN, place)
    text = fact.value
    count = parse_count(text)
    seconds = parse_duration(text, COMPOSE_UNITS) if count is None else float(count)
    return Field(UNKNOWN if seconds is None else Known(seconds or default, fact.span), place)


def read_shutdown(service: Cursor) -> Shutdown:
    """How long a service has to end, and whether it gets an init process.

    https://github.com/compose-spec/compose-spec/blob/main/05-services.md#stop_grace_period
    """
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
