"""Amounts as Kubernetes, compose and Go write them: bounded, so that all may be computed with.

What is no amount, or beyond what its reader can hold, is None: nothing here is infinite or NaN.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_QUANTITY = pattern(
    r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]{1,18}))?",
    re.ASCII,
)
_SUFFIXES: dict[str, float] = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    **{f"{letter}i": 1024.0 ** (power + 1) for power, letter in enumerate("KMGTPE")},
}
# https://github.com/compose-spec/compose-spec/blob/main/11-extension.md#specifying-byte-values
# as read by docker/go-units, where every unit is a power of 1024.
_BYTES = pattern(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+) ?([kKmMgGtTpP]?)([iI]?[bB])?", re.ASCII)
_BYTE_POWERS = {letter: power for power, letter in enumerate(("", "k", "m", "g", "t", "p"))}
# https://pkg.go.dev/time#ParseDuration
_DURATION = pattern(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w|M|y)", re.ASCII)
GO_UNITS: Mapping[str, float] = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
COMPOSE_UNITS: Mapping[str, float] = {**GO_UNITS, "d": 86400.0, "w": 604800.0}
"""As github.com/xhit/go-str2duration has them, by which compose-go reads durations."""
CADDY_UNITS: Mapping[str, float] = {**GO_UNITS, "d": 86400.0}
"""https://caddyserver.com/docs/conventions#durations"""
# https://pkg.go.dev/github.com/dustin/go-humanize#ParseBytes
_DECIMAL = pattern(r"([0-9]{1,15}(?:\.[0-9]{1,15})?) ?([kKmMgGtTpP]?)([iI]?)[bB]?", re.ASCII)
# https://nginx.org/en/docs/syntax.html
_NGINX_UNITS: Mapping[str, float] = {
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
    "M": 2592000.0,
    "y": 31536000.0,
}
_NGINX_TIME = pattern(r"(?:[0-9]++(?:ms|[smhdwMy])?)++", re.ASCII)
_NGINX_SIZE = pattern(r"([0-9]{1,15})([kKmMgG]?)")
# https://docs.haproxy.org/3.2/configuration.html#2.5
_HAPROXY_UNITS: Mapping[str, float] = {
    "us": 1e-6,
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
_LONGEST = 100
_LAST_PORT = 65_535
MOST = 2**63 - 1
"""The largest number that Kubernetes, Go and Docker hold."""


def parse_count(text: str) -> int | None:
    """A whole number without a sign, in ASCII digits and not above `MOST`; None for all else."""
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST:
        return None
    number = int(text)
    return number if number <= MOST else None


def parse_port(text: str) -> int | None:
    """A port that something can listen on, 1 to 65535; None for all else."""
    number = parse_count(text)
    return number if number is not None and 0 < number <= _LAST_PORT else None


def parse_quantity(text: str) -> float | None:
    """A quantity of Kubernetes as a number: `8Gi` in bytes, `500m` as 0.5; None if it is none.

    What is beyond `MOST` is capped there, as the API server does.
    """
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    number = float(match[1])
    if match[2]:
        number *= _SUFFIXES[match[2]]
    elif match[3]:
        number = float(f"{match[1]}e{match[3]}")
    return max(-float(MOST), min(number, float(MOST)))


def parse_bytes(text: str) -> float | None:
    """A size of compose and Docker in bytes: `64m` is 64 MiB; None if it is none."""
    match = _BYTES.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    if match[3] and not match[2] and match[3] not in ("b", "B"):
        return None
    size = float(match[1]) * 1024.0 ** _BYTE_POWERS[match[2].lower()]
    return size if size <= MOST else None


def parse_decimal_bytes(text: str) -> float | None:
    """A size of Caddy in bytes: `64MB` is 64,000,000, `64MiB` is more; None if it is none."""
    match = _DECIMAL.fullmatch(text)
    if match is None or (match[3] and not match[2]):
        return None
    return float(match[1]) * (1024.0 if match[3] else 1000.0) ** _BYTE_POWERS[match[2].lower()]


def parse_duration(text: str, units: Mapping[str, float] = GO_UNITS) -> float | None:
    """A duration of Go in seconds: `1m30s`, `500ms`, `0`; None if it is none.

    Go counts nanoseconds, so that 292 years are its longest. `units` are seconds by unit.
    """
    if text == "0":
        return 0.0
    total = 0.0
    at = 0
    sign = -1.0 if text.startswith("-") else 1.0
    body = text[1:] if text.startswith(("+", "-")) else text
    if not body or len(body) > _LONGEST:
        return None
    while at < len(body):
        match = _DURATION.match(body, at)
        if match is None or match[2] not in units:
            return None
        total += float(match[1]) * units[match[2]]
        at = match.end()
    return sign * total if total <= MOST / 1e9 else None


def parse_nginx_time(text: str) -> float | None:
    """A time of nginx in seconds: `90`, `90s`, `1h 30m`; None if it is none."""
    said = text.replace(" ", "")
    if not _NGINX_TIME.fullmatch(said):
        return None
    return parse_duration(f"{said}s" if said.isdecimal() else said, _NGINX_UNITS)


def parse_nginx_size(text: str) -> float | None:
    """A size of nginx in bytes: `64m`, `1024`; None if it is none."""
    found = _NGINX_SIZE.fullmatch(text)
    if found is None:
        return None
    return float(int(found[1]) * 1024 ** _BYTE_POWERS[found[2].lower()])


def parse_haproxy_time(text: str) -> float | None:
    """A time of HAProxy in seconds: `30s`, `5m`; a bare number is milliseconds; None if none."""
    return parse_duration(f"{text}ms" if text.isdecimal() else text, _HAPROXY_UNITS)
