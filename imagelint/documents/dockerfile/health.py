"""HEALTHCHECK: its options in seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import HealthCheck

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Script

# https://pkg.go.dev/time#ParseDuration
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_PART = pattern(r"(\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(ns|us|µs|μs|ms|s|m|h)", re.ASCII)


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
    return UNKNOWN if seconds is None else Known(seconds, flag.value_span)


def _count(instruction: Instruction, name: str) -> Fact[int]:
    flag = instruction.flag(name)
    if flag is None:
        return ABSENT
    text = flag.text
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        return UNKNOWN
    return Known(int(text), flag.value_span)


def parse_duration(text: str) -> float | None:
    """Seconds of a duration as Go writes it (`1m30s`); None when it is none."""
    if text == "0":
        return 0.0
    total, at = 0.0, 0
    for match in _PART.finditer(text):
        if match.start() != at:
            return None
        total += float(match[1]) * _SECONDS[match[2]]
        at = match.end()
    return total if at == len(text) and at else None
