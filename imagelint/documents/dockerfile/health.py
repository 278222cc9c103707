"""HEALTHCHECK: its options in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.dockerfile.model import HealthCheck
from imagelint.documents.quantity import parse_count, parse_duration

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Script


def read_health(instruction: Instruction, script: Script | None) -> HealthCheck:
    """The HEALTHCHECK that an instruction is."""
    words = instruction.words
    return HealthCheck(
        span=instruction.span,
        instruction=instruction,
        disabled=bool(words) and words[0].text.upper() == "NONE",
        interval=read_time(instruction, "interval"),
        timeout=read_time(instruction, "timeout"),
        start_period=read_time(instruction, "start-period"),
        retries=_count(instruction, "retries"),
        script=script,
        words=words[1:],
    )


def read_time(instruction: Instruction, name: str) -> Fact[float]:
    """The seconds that an option of HEALTHCHECK says."""
    flag = instruction.flag(name)
    if flag is None:
        return ABSENT
    seconds = parse_duration(flag.text)
    return UNKNOWN if seconds is None or seconds < 0 else Known(seconds, flag.value_span)


def _count(instruction: Instruction, name: str) -> Fact[int]:
    flag = instruction.flag(name)
    if flag is None:
        return ABSENT
    number = parse_count(flag.text)
    return UNKNOWN if number is None else Known(number, flag.value_span)
