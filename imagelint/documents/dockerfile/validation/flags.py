"""The flags of each instruction, and what each takes.

The table is that of `frontend/dockerfile/instructions/parse.go` of moby/buildkit.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.complaints import DuplicateFlag, InvalidFlagValue, UnknownFlag
from imagelint.documents.dockerfile.validation.mounts import mount_complaints
from imagelint.documents.dockerfile.validation.values import (
    ValueFault,
    checksum_fault,
    choice_fault,
    device_fault,
    duration_fault,
    mode_fault,
    platform_fault,
    retries_fault,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.dockerfile.model import Flag, Instruction


class _Takes(Enum):
    SWITCH = "nothing, or true or false"
    VALUE = "one value"
    VALUES = "a value each time"


_COPYING = {
    "chmod": _Takes.VALUE,
    "chown": _Takes.VALUE,
    "exclude": _Takes.VALUES,
    "link": _Takes.SWITCH,
}
_FLAGS: dict[str, dict[str, _Takes]] = {
    "ADD": _COPYING
    | {"checksum": _Takes.VALUE, "keep-git-dir": _Takes.SWITCH, "unpack": _Takes.SWITCH},
    "COPY": _COPYING | {"from": _Takes.VALUE, "parents": _Takes.SWITCH},
    "FROM": {"platform": _Takes.VALUE},
    "HEALTHCHECK": dict.fromkeys(
        ("interval", "retries", "start-interval", "start-period", "timeout"), _Takes.VALUE
    ),
    "RUN": {
        "device": _Takes.VALUES,
        "mount": _Takes.VALUES,
        "network": _Takes.VALUE,
        "security": _Takes.VALUE,
    },
}
_NEVER_LOOKED_AT = ("STOPSIGNAL",)
_VALUES: dict[str, Callable[[str], ValueFault | None]] = {
    "chmod": mode_fault,
    "device": device_fault,
    "interval": duration_fault,
    "network": choice_fault("default", "none", "host"),
    "platform": platform_fault,
    "retries": retries_fault,
    "security": choice_fault("sandbox", "insecure"),
    "start-interval": duration_fault,
    "start-period": duration_fault,
    "timeout": duration_fault,
}
_MAY_BE_EMPTY = frozenset(("chmod", "checksum", *_FLAGS["HEALTHCHECK"]))


def flag_complaints(instruction: Instruction) -> Iterator[Complaint]:
    """What is refused of the flags of an instruction, one complaint for each flag."""
    keyword = instruction.keyword
    if keyword in _NEVER_LOOKED_AT or _switched_off(instruction):
        return
    known = _FLAGS.get(keyword, {})
    seen: set[str] = set()
    for flag in instruction.flags:
        if flag.name not in known:
            yield _unknown(flag, keyword, known)
            if not known:
                return
        elif flag.name in seen and known[flag.name] is not _Takes.VALUES:
            message = f"--{flag.name} is given twice"
            yield DuplicateFlag(flag.span, f"--{flag.name}", message, "remove one of them")
        else:
            yield from _value_complaints(flag, known[flag.name], instruction)
        seen.add(flag.name)


def _switched_off(instruction: Instruction) -> bool:
    """`HEALTHCHECK NONE`, of which nobody reads the flags."""
    words = instruction.words
    return instruction.keyword == "HEALTHCHECK" and words[0].raw.upper() == "NONE"


def _unknown(flag: Flag, keyword: str, known: dict[str, _Takes]) -> Complaint:
    from difflib import get_close_matches

    message = f"{keyword} has no flag --{flag.name[:40]}"
    written = f"--{flag.name}"
    near = next(iter(get_close_matches(flag.name, known, n=1)), "")
    if not near:
        return UnknownFlag(flag.span, written, message, _other_ways(known, keyword))
    instead = f"--{near}{flag.raw[len(written) :]}" if flag.raw.startswith(written) else ""
    return UnknownFlag(flag.span, written, message, f"did you mean `--{near}`?", instead)


_IN_JSON = frozenset(("CMD", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"))
_JSON = "what begins with `--` right behind the keyword is read as its flag: put it in JSON form"


def _other_ways(known: dict[str, _Takes], keyword: str) -> str:
    if not known:
        return _JSON if keyword in _IN_JSON else f"drop it: {keyword} has no flags"
    return f"drop it, or write one of {', '.join(f'--{one}' for one in sorted(known))}"


def _value_complaints(flag: Flag, takes: _Takes, instruction: Instruction) -> Iterator[Complaint]:
    subject = f"--{flag.name}"
    if takes is _Takes.SWITCH:
        if not _is_switch(flag):
            message = f"{subject} is true or false, and not {flag.written[:40] or 'nothing'}"
            yield InvalidFlagValue(flag.value_span, subject, message, f"write `{subject}`")
    elif "=" not in flag.raw:
        message = f"{subject} has no value"
        help_ = f"write `{subject}=<value>`, without a blank"
        yield InvalidFlagValue(flag.span, subject, message, help_)
    elif flag.name == "mount":
        yield from mount_complaints(flag)
    else:
        fault = _fault(flag, instruction)
        if fault is not None:
            yield InvalidFlagValue(flag.value_span, subject, *fault)


def _is_switch(flag: Flag) -> bool:
    return "=" not in flag.raw or flag.written.lower() in ("true", "false")


def _fault(flag: Flag, instruction: Instruction) -> ValueFault | None:
    if not isinstance(flag.value, Known) or (flag.name in _MAY_BE_EMPTY and not flag.text):
        return None
    if flag.name == "platform" and not flag.written:
        return None
    if flag.name == "checksum":
        return checksum_fault(flag.text, instruction.words[:-1])
    check = _VALUES.get(flag.name)
    return check(flag.text) if check is not None else None
