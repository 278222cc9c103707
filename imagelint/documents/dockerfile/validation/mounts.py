"""`RUN --mount`: its options, and which type takes which.

The rules are those of `frontend/dockerfile/instructions/commands_runmount.go` of moby/buildkit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.complaints import InvalidMount
from imagelint.documents.dockerfile.validation.values import BOOLEANS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.dockerfile.model import Flag

_TYPES = ("bind", "cache", "secret", "ssh", "tmpfs")
_SHARING = ("locked", "private", "shared")
_SWITCHES = ("readonly", "ro", "readwrite", "rw", "required")
_OPTIONS: tuple[str, ...] = (
    "type",
    "from",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "id",
    "env",
)
_OPTIONS += (*_SWITCHES, "sharing", "size", "mode", "uid", "gid")
# What only Buildah takes, which `podman build` runs: internal/volumes/volumes.go of
# containers/buildah at 5b1b18e. Who writes one of them builds with it.
_OF_BUILDAH = frozenset(
    {"relabel", "z", "u", "bind-propagation", "bind-nonrecursive", "no-dereference", "consistency"}
    | {"shared", "rshared", "private", "rprivate", "slave", "rslave", "nosuid", "nodev", "noexec"}
    | {"tmpcopyup", "tmpfs-mode", "tmpfs-size"}
)
_OWNED = ("mode", "uid", "gid")
_SECRETS = ("secret", "ssh")
_MODE = pattern(r"0*[0-7]{1,10}", re.ASCII)
_USER = pattern(r"0*\d{1,10}", re.ASCII)
# https://pkg.go.dev/github.com/docker/go-units#RAMInBytes
_SIZE = pattern(r"\d+(?:\.\d+)?\s?[kmgtpe]?(?:i?b)?", re.ASCII | re.IGNORECASE)


class _Option(NamedTuple):
    """`key=value`; the value is None where there is no equals sign."""

    key: str
    value: str | None

    @property
    def known(self) -> bool:
        """Whether no variable is in it."""
        return "$" not in (self.value or "")


def mount_complaints(flag: Flag) -> Iterator[Complaint]:
    """What is refused of one mount: the first of it, as the build stops there."""
    if '"' in flag.written:  # quotes of CSV may hold commas
        return
    options = tuple(_option(part) for part in flag.written.split(","))
    fault = _first_fault(options)
    if fault:
        key, message = fault
        yield InvalidMount(flag.value_span, key, message, _HELP.get(key, ""))


_HELP = {
    "type": f"write one of {', '.join(_TYPES)}",
    "sharing": f"write one of {', '.join(_SHARING)}, of a cache",
}


def _option(part: str) -> _Option:
    key, equals, value = part.partition("=")
    return _Option(key.lower(), value if equals else None)


def _first_fault(options: tuple[_Option, ...]) -> tuple[str, str] | None:
    for option in options:
        message = _fault(option)
        if message:
            return option.key, message
    named = [option for option in options if option.key == "type"]
    if named and not named[-1].known:
        return None
    kind = (named[-1].value or "").lower() if named else "bind"
    return _misplaced(kind, options)


def _fault(option: _Option) -> str:
    key, value = option
    if "$" in key or key in _OF_BUILDAH:
        return ""
    if key not in _OPTIONS:
        return f"a mount has no option {key[:40] or 'without a name'}"
    if value is None:
        return "" if key in _SWITCHES else f"{key} has no value"
    check = _CHECKS.get(key)
    if check is None or not option.known or check(value):
        return ""
    return f"{value[:40] or 'nothing'} is no {key} of a mount"


_CHECKS: dict[str, Callable[[str], bool]] = {
    "type": lambda value: value.lower() in _TYPES,
    "sharing": lambda value: value.lower() in _SHARING,
    "mode": lambda value: _MODE.fullmatch(value) is not None,
    "uid": lambda value: _USER.fullmatch(value) is not None,
    "gid": lambda value: _USER.fullmatch(value) is not None,
    "size": lambda value: _SIZE.fullmatch(value) is not None,
    **dict.fromkeys(_SWITCHES, BOOLEANS.__contains__),
}


def _misplaced(kind: str, options: tuple[_Option, ...]) -> tuple[str, str] | None:
    """An option that the type does not take, or what it lacks."""
    keys = {option.key for option in options if option.value != ""}
    for key in ("size", "sharing", "required", *_OWNED):
        if key in keys and kind not in _TAKEN_BY[key]:
            return key, f"a mount of type {kind} has no {key}"
    if kind != "secret":
        return None
    if "from" in keys:
        return "from", "a secret comes from no stage"
    if not keys & {"source", "src", "target", "dst", "destination", "id"}:
        return "id", "a secret needs an id, or a target"
    if "id" in keys and keys & {"source", "src"}:
        return "id", "a secret has an id or a source, which is the same"
    return None


_TAKEN_BY = {
    "size": ("tmpfs",),
    "sharing": ("cache",),
    "required": _SECRETS,
    **dict.fromkeys(_OWNED, (*_SECRETS, "cache")),
}
