"""The arguments of EXPOSE, STOPSIGNAL, VOLUME, HEALTHCHECK, ENV, ARG, LABEL, ADD and COPY."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.complaints import (
    BlankName,
    InvalidExposedPort,
    InvalidStopSignal,
    MissingArgument,
    UnexpectedArgument,
    UrlInCopy,
)
from imagelint.documents.dockerfile.syntax.heredocs import heredoc_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.dockerfile.model import Instruction


def argument_complaints(instruction: Instruction) -> Iterator[Complaint]:
    """What is refused of the words of an instruction."""
    yield from _CHECKS[instruction.keyword](instruction)


def _names(instruction: Instruction) -> Iterator[Complaint]:
    """ENV, ARG and LABEL, and not their old form: `ENV name value`."""
    words = instruction.words
    if instruction.keyword != "ARG" and "=" not in words[0].raw:
        return
    for word in words:
        if word.raw.startswith("="):
            message = f"{word.raw[:40]} has no name in front of the equals sign"
            help_ = "write `<name>=<value>`, without blanks around the equals sign"
            yield BlankName(word.span, instruction.keyword, message, help_)
            return


# dockerfile2llb/convert_expose.go: `[address:[port:]]port[/protocol]`, and ranges of ports.
_PORT = pattern(
    r"(?:(?:\[[0-9a-f:.]+\]|[0-9a-f.:]*):)?(?:(?P<host>[\d-]*):)?"
    r"(?P<first>\d+)(?:-(?P<last>\d+))?(?:/(?:tcp|udp|sctp)?)?",
    re.ASCII | re.IGNORECASE,
)
_DIGITS = 5
_LAST_PORT = 65_535


def _ports(instruction: Instruction) -> Iterator[Complaint]:
    for word in instruction.words:
        for part in word.text.split() if isinstance(word.value, Known) else ():
            fault = _port_fault(part)
            if fault:
                help_ = "write the number that the server listens on, as `8000` or `8000/tcp`"
                yield InvalidExposedPort(word.span, part, f"{part[:40]} {fault}", help_)
                break


def _port_fault(part: str) -> str:
    match = _PORT.fullmatch(part)
    if match is None:
        return "is no port"
    numbers = [number.lstrip("0") for number in (match["first"], match["last"]) if number]
    if any(len(number) > _DIGITS or int(number or "0") > _LAST_PORT for number in numbers):
        return f"is beyond {_LAST_PORT}, the last port"
    if match["last"] and int(match["last"]) < int(match["first"]):
        return "ends before it begins"
    return ""


# https://github.com/moby/sys/blob/main/signal/signal_linux.go
_SIGNALS = frozenset(
    [
        "ABRT",
        "ALRM",
        "BUS",
        "CHLD",
        "CLD",
        "CONT",
        "FPE",
        "HUP",
        "ILL",
        "INT",
        "IO",
        "IOT",
        "KILL",
        "PIPE",
        "POLL",
        "PROF",
        "PWR",
        "QUIT",
        "SEGV",
        "STKFLT",
        "STOP",
        "SYS",
        "TERM",
        "TRAP",
        "TSTP",
        "TTIN",
        "TTOU",
        "URG",
        "USR1",
        "USR2",
        "VTALRM",
        "WINCH",
        "XCPU",
        "XFSZ",
        "RTMIN",
        "RTMAX",
    ]
)
_NUMBER = pattern(r"[+-]?\d{1,9}", re.ASCII)
_REAL_TIME = pattern(r"RTMIN\+(?:[1-9]|1[0-5])|RTMAX-(?:[1-9]|1[0-4])", re.ASCII)


def _signal(instruction: Instruction) -> Iterator[Complaint]:
    word = instruction.words[0]
    if not isinstance(word.value, Known) or _is_signal(word.value.value):
        return
    shown = word.value.value[:40]
    message = f"{shown} is no signal" if shown else "the signal comes to nothing"
    yield InvalidStopSignal(word.span, shown, message, "write SIGTERM, SIGINT or SIGQUIT")


def _is_signal(text: str) -> bool:
    if _NUMBER.fullmatch(text):
        return int(text) != 0
    name = text.upper().removeprefix("SIG")
    return name in _SIGNALS or _REAL_TIME.fullmatch(name) is not None


def _volumes(instruction: Instruction) -> Iterator[Complaint]:
    for word in instruction.words:
        if isinstance(word.value, Known) and not word.value.value.strip():
            message = "a path of VOLUME comes to nothing"
            yield MissingArgument(word.span, "VOLUME", message, "name a path")
            return


def _health(instruction: Instruction) -> Iterator[Complaint]:
    words = instruction.words
    kind = words[0].raw.upper()
    if kind == "NONE" and len(words) > 1:
        message = "HEALTHCHECK NONE takes no arguments"
        span = Span(words[1].span.start, words[-1].span.end)
        yield UnexpectedArgument(span, "HEALTHCHECK", message, "remove what stands behind it")
    elif kind == "CMD" and len(words) == 1:
        message = "HEALTHCHECK CMD needs a command"
        yield MissingArgument(words[0].span, "HEALTHCHECK", message, "name the command, or NONE")


_ADDRESSES = ("http://", "https://", "git://", "git@")


def _target(instruction: Instruction) -> Iterator[Complaint]:
    """ADD and COPY."""
    *sources, target = instruction.words
    keyword = instruction.keyword
    if heredoc_word(target.raw) is not None:
        message = f"{keyword} has a here-document where its target should be"
        yield MissingArgument(target.span, keyword, message, "name the target behind it")
    elif keyword == "COPY":
        for source in sources:
            if source.text.startswith(_ADDRESSES):
                message = "COPY takes no address: only ADD fetches what it names"
                help_ = "use `ADD --checksum=sha256:…`, or fetch it in a RUN"
                yield UrlInCopy(source.span, keyword, message, help_)
                return


_CHECKS: dict[str, Callable[[Instruction], Iterator[Complaint]]] = {
    "ADD": _target,
    "ARG": _names,
    "COPY": _target,
    "ENV": _names,
    "EXPOSE": _ports,
    "HEALTHCHECK": _health,
    "LABEL": _names,
    "STOPSIGNAL": _signal,
    "VOLUME": _volumes,
}
