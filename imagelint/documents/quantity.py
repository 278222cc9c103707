"""Amounts as Kubernetes, compose and Go write them."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_QUANTITY = pattern(
    r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]{1,3}))?",
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
# https://pkg.go.dev/time#ParseDuration, and the units `d` and `w` that some tools add
_DURATION = pattern(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w)", re.ASCII)
_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}
_LONGEST = 100


def parse_quantity(text: str) -> float | None:
    """A quantity of Kubernetes as a number: `8Gi` in bytes, `500m` as 0.5; None if it is none."""
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    number = float(match[1])
    if match[2]:
        return number * _SUFFIXES[match[2]]
    return float(f"{match[1]}e{match[3]}") if match[3] else number


def parse_bytes(text: str) -> float | None:
    """A size of compose and Docker in bytes: `64m` is 64 MiB; None if it is none."""
    match = _BYTES.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    if match[3] and not match[2] and match[3] not in ("b", "B"):
        return None
    return float(match[1]) * 1024.0 ** _BYTE_POWERS[match[2].lower()]


def parse_duration(text: str) -> float | None:
    """A duration of Go or compose in seconds: `1m30s`, `500ms`, `0`; None if it is none."""
    if text == "0":
        return 0.0
    total = 0.0
    at = 0
    sign = -1.0 if text.startswith("-") else 1.0
    body = text.lstrip("+-") if text[:2] not in ("--", "++", "+-", "-+") else text
    if not body or len(body) > _LONGEST:
        return None
    while at < len(body):
        match = _DURATION.match(body, at)
        if match is None:
            return None
        total += float(match[1]) * _SECONDS[match[2]]
        at = match.end()
    return sign * total
