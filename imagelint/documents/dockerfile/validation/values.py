"""The values of flags: modes, durations, platforms, checksums."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.shell.script import Word


class ValueFault(NamedTuple):
    """Why a value is refused, and what to write instead."""

    message: str
    help: str


def choice_fault(*choices: str) -> Callable[[str], ValueFault | None]:
    """A check for a value that is one of a few words."""

    def check(text: str) -> ValueFault | None:
        if text in choices:
            return None
        message = f"{text[:40]} is none of {', '.join(choices)}"
        return ValueFault(message, f"write one of {', '.join(choices)}")

    return check


_OCTAL = pattern(r"0*[0-7]{1,4}", re.ASCII)
# https://pkg.go.dev/github.com/tonistiigi/dchapes-mode, which follows chmod(1)
_SYMBOLIC = pattern(r"[ugoa]*(?:[-+=][rwxXstugo]*)+(?:,[ugoa]*(?:[-+=][rwxXstugo]*)+)*", re.ASCII)


def mode_fault(text: str) -> ValueFault | None:
    """`--chmod`: an octal number up to 7777, or changes as `chmod` takes them."""
    if _OCTAL.fullmatch(text) or _SYMBOLIC.fullmatch(text):
        return None
    return ValueFault(
        f"{text[:40]} is no mode of a file", "write it as `0644`, or as `u=rwX,go=rX`"
    )


_LEAST = 1e-3  # of a second


def duration_fault(text: str) -> ValueFault | None:
    """`--interval` and its like: a duration of Go, nothing or at least a millisecond."""
    seconds = parse_duration(text)
    if seconds is None:
        return ValueFault(
            f"{text[:40]} is no duration", "write it with its unit, as `30s` or `1m30s`"
        )
    if seconds == 0 or seconds >= _LEAST:
        return None
    return ValueFault(f"{text[:40]} is less than a millisecond", "write it as `30s` or `1m30s`")


# https://pkg.go.dev/strconv#ParseBool
BOOLEANS = frozenset(
    ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"]
)
_DEVICE = "write `<device>`, with `,required` behind it where the step needs it"


def device_fault(text: str) -> ValueFault | None:
    """`--device`: the name of one device, and whether it is required.

    frontend/dockerfile/instructions/commands_rundevice.go of moby/buildkit, ParseDevice
    """
    name = ""
    for field in text.split(",") if '"' not in text else ():  # quotes of CSV may hold commas
        key, equals, value = field.partition("=")
        key = key.lower()
        if key == "required":
            if equals and value not in BOOLEANS:
                return ValueFault(f"required is true or false, and not {value[:40]}", _DEVICE)
        elif name:
            return ValueFault(f"{field[:40]} stands behind the device {name[:40]}", _DEVICE)
        else:
            name = value if key == "name" and equals else field
    return None


_WHOLE = pattern(r"\+?\d+|-0+", re.ASCII)
_MOST_DIGITS = 10
_MOST_RETRIES = 2**31 - 1


def retries_fault(text: str) -> ValueFault | None:
    """`--retries`: a whole number that is not negative."""
    if _WHOLE.fullmatch(text):
        digits = text.lstrip("+-0") or "0"
        if len(digits) <= _MOST_DIGITS and int(digits) <= _MOST_RETRIES:
            return None
    return ValueFault(f"{text[:40]} is no number of retries", "write a whole number, as `3`")


# https://github.com/containerd/platforms/blob/main/database.go
_SYSTEMS = frozenset(
    [
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "js",
        "linux",
        "macos",
        "nacl",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "windows",
        "zos",
    ]
)
_ARCHITECTURES = frozenset(
    [
        "386",
        "aarch64",
        "amd64",
        "amd64p32",
        "arm",
        "armbe",
        "armel",
        "armhf",
        "arm64",
        "arm64be",
        "i386",
        "loong64",
        "mips",
        "mipsle",
        "mips64",
        "mips64le",
        "mips64p32",
        "mips64p32le",
        "ppc",
        "ppc64",
        "ppc64le",
        "riscv",
        "riscv64",
        "s390",
        "s390x",
        "sparc",
        "sparc64",
        "wasm",
        "x86_64",
        "x86-64",
    ]
)
_PLATFORM = pattern(r"([\w-]+)(?:\([^()/]*\))?(/[\w.-]+){0,2}", re.ASCII)


def platform_fault(text: str) -> ValueFault | None:
    """`--platform`: `system/architecture/variant`, or one of the first two alone."""
    match = _PLATFORM.fullmatch(text)
    known = match is not None and (
        match[2] or match[1].lower() in _SYSTEMS or text.lower() in _ARCHITECTURES
    )
    if known:
        return None
    message = f"{text[:40]} is no platform" if text else "the platform comes to nothing"
    return ValueFault(message, "write it as `linux/amd64` or `linux/arm64`")


_DIGEST = pattern(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}", re.ASCII)
_COMMIT = pattern(r"[0-9a-fA-F]{4,64}", re.ASCII)
_REPOSITORY = pattern(r"(?:git|ssh)://|[\w.-]+@[\w.-]+:|https?://[^?#]+\.git(?:[?#]|$)", re.ASCII)


def checksum_fault(text: str, sources: tuple[Word, ...]) -> ValueFault | None:
    """`ADD --checksum`: the digest of the one address that is fetched, or a commit."""
    known = [source.value.value for source in sources if isinstance(source.value, Known)]
    if len(known) < len(sources):
        return None
    if len(known) > 1:
        return ValueFault("a checksum is of one source alone", "write an `ADD` for each source")
    if _REPOSITORY.match(known[0]):
        fits = _COMMIT.fullmatch(text) is not None
        return None if fits else ValueFault(f"{text[:40]} is no commit", "write it in hexadecimal")
    if not known[0].startswith(("http://", "https://")):
        message = "only what is fetched from an address has a checksum"
        return ValueFault(message, "remove it: a file of the context is what it is")
    if _DIGEST.fullmatch(text):
        return None
    return ValueFault(f"{text[:40]} is no digest", "write it as `sha256:<64 hexadecimal digits>`")
