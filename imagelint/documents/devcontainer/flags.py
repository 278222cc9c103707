"""What the keys of a development container's file say, as flags of the line that starts it.

https://containers.dev/implementors/json_reference/
"""

from __future__ import annotations

from itertools import chain
from posixpath import join
from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.devcontainer.values import value_at, with_prefix, word_of
from imagelint.documents.runlines.line import Flag, read_flags
from imagelint.documents.runlines.values import Value
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.yaml.cursor import Cursor

_SWITCHES = {"privileged": "privileged", "init": "init"}
_LISTS = {"capAdd": "cap-add", "securityOpt": "security-opt"}
_SCALARS = {"containerUser": "user", "workspaceMount": "mount"}
_VARIABLES = ("containerEnv", "remoteEnv")
_MOUNT = ("type", "source", "target")


def flags_of(root: Cursor, folder: str) -> tuple[Flag, ...]:
    """The flags that keys say, and those that are written; `folder` is what the editor opens."""
    keys = chain(_switches(root), _lists(root), _scalars(root, folder), _variables(root))
    outside = chain(_mounts(root["mounts"], folder), _ports(root["appPort"]))
    gpus = _gpus(root.at("hostRequirements", "gpu"))
    written = written_flags(root["runArgs"], folder) or ()
    return tuple(chain(keys, outside, gpus, written))


def written_flags(place: Cursor, folder: str) -> tuple[Flag, ...] | None:
    """The flags among `runArgs`; None where one of them is not known."""
    values = (value_at(item, folder) for item in place.items())
    words = tuple(word_of(value) for value in values if value is not None)
    told = read_flags(words, "docker")
    told = read_flags(words, "podman") if told is None else told
    if told is None:
        return None
    return tuple(_from_opened(flag, folder) if flag.name == "env-file" else flag for flag in told)


def _from_opened(flag: Flag, folder: str) -> Flag:
    """A flag whose path is relative to the folder that the editor opens."""
    value = flag.value
    if value is None or value.text.startswith(("/", "~", "$")):
        return flag
    return flag._replace(value=value._replace(text=join(folder, value.text)))


def unread_flags(place: Cursor, folder: str) -> Iterator[DocumentError]:
    """That not all of what is written as flags is examined."""
    whole = all(isinstance(item.node, Scalar) for item in place.items())
    if place.items() and (not whole or written_flags(place, folder) is None):
        message = "`runArgs` holds what is no known flag of `docker run`: it is not examined"
        yield DocumentError(ProblemKind.UNPARSABLE, message, place.key_span)


def _switches(root: Cursor) -> Iterator[Flag]:
    for key, name in _SWITCHES.items():
        value = value_at(root[key])
        if value is not None:
            yield Flag(root[key].key_span, name, value)


def _lists(root: Cursor) -> Iterator[Flag]:
    for key, name in _LISTS.items():
        for item in root[key].items():
            value = value_at(item)
            if value is not None:
                yield Flag(item.span, name, value)


def _scalars(root: Cursor, folder: str) -> Iterator[Flag]:
    for key, name in _SCALARS.items():
        value = value_at(root[key], folder)
        if value is not None and value.text:
            yield Flag(root[key].key_span, name, value)


def _variables(root: Cursor) -> Iterator[Flag]:
    for key in _VARIABLES:
        for name, place in root[key].entries():
            value = value_at(place)
            if value is not None and "=" not in name:
                yield Flag(place.key_span, "env", with_prefix(value, f"{name}="))


def _mounts(place: Cursor, folder: str) -> Iterator[Flag]:
    for item in place.items():
        value = value_at(item, folder)
        if isinstance(item.node, Mapping):
            fields = ((key, value_at(item[key], folder)) for key in _MOUNT)
            text = ",".join(f"{key}={one.text}" for key, one in fields if one is not None)
            value = Value(item.span, text, "")
        if value is not None:
            yield Flag(item.span, "mount", value)


def _ports(place: Cursor) -> Iterator[Flag]:
    """Numbers are published to the machine itself, words as they are written."""
    for item in place.items() or (place,):
        value = value_at(item)
        if value is None:
            continue
        number = isinstance(item.node, Scalar) and isinstance(item.node.value, int)
        if number:
            value = value._replace(text=f"127.0.0.1:{value.text}:{value.text}")
        yield Flag(item.span, "publish", value)


def _gpus(place: Cursor) -> Iterator[Flag]:
    """A machine that must have GPUs hands them over; where they are optional, that is not known."""
    said = place.node
    if isinstance(said, Mapping):
        yield Flag(place.key_span, "gpus", Value(place.span, "all", ""))
    elif isinstance(said, Scalar) and said.value not in (None, False):
        known = said.value is True
        yield Flag(place.key_span, "gpus", Value(place.span, "all" if known else "${_}", ""))
