"""The HEALTHCHECK of an image as a probe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.dockerfile.health import read_time
from imagelint.documents.runtime.field import Field, Place
from imagelint.documents.runtime.probe import CheckKind, Probe, ProbeCheck, Probes, ProbeTiming
from imagelint.documents.shell.script import Word

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import HealthCheck


def read_probes(health: HealthCheck | None) -> Probes:
    """Who asks a container of the image how it is; without a HEALTHCHECK others may say so."""
    if health is None:
        return Probes()
    place = Place(health.span)
    probe = Probe(
        place,
        "health check",
        "retries",
        kills=False,
        check=_check(health),
        timing=_timing(health),
    )
    found: Fact[Probe] = Known(probe, health.span)
    return Probes(found, found, found)


def _check(health: HealthCheck) -> ProbeCheck:
    place = Place(health.words[0].span if health.words else health.span)
    nothing = Field[str](ABSENT, place)
    kind = ABSENT if health.disabled else Known(CheckKind.EXEC, place.span)
    in_shell = not health.instruction.json
    words = Field(Known(_words(health), place.span), place)
    return ProbeCheck(kind, nothing, nothing, nothing, words, in_shell)


def _words(health: HealthCheck) -> tuple[Word, ...]:
    """The words of the JSON form; of the shell form the script, as one word."""
    script = health.script
    if health.instruction.json or script is None:
        return health.words
    return (Word(script.span, script.text, Known(script.text)),)


def _timing(health: HealthCheck) -> ProbeTiming:
    """https://docs.docker.com/reference/dockerfile/#healthcheck."""
    none = Field[float](ABSENT, Place(health.instruction.keyword_span))
    count = health.retries
    retries = Known(float(count.value), count.span) if isinstance(count, Known) else count
    return ProbeTiming(
        initial_delay=none,
        start_period=_field(health, health.start_period, 0.0),
        start_interval=_field(health, read_time(health.instruction, "start-interval"), 5.0),
        period=_field(health, health.interval, 30.0),
        timeout=_field(health, health.timeout, 30.0),
        failure_threshold=_field(health, retries, 3.0),
        success_threshold=none,
    )


def _field(health: HealthCheck, fact: Fact[float], default: float) -> Field[float]:
    """What an option says; zero stands for the default."""
    span = health.instruction.keyword_span
    if isinstance(fact, Known):
        return Field(Known(fact.value or default, fact.span), Place(fact.span or span))
    return Field(UNKNOWN if fact is UNKNOWN else Known(default), Place(span))
