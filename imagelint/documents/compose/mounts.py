"""Volumes and tmpfs of a service, in short and in long form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.reference import UNKNOWN_PART
from imagelint.documents.compose.values import boolean, is_set, parts, size, value, word
from imagelint.documents.quantity import parse_bytes
from imagelint.documents.runtime.model import Mount
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

_PATH_STARTS = (".", "/", "~", "\\")
_SIZE_OPTION = pattern(r"(?:^|,)size=([^,]+)")


def read_mounts(service: Cursor) -> Fact[tuple[Mount, ...]]:
    """What a service sees mounted; unknown when the lists cannot be read."""
    volumes, tmpfs = service["volumes"], service["tmpfs"]
    if is_set(volumes) and not isinstance(volumes.node, Sequence):
        return UNKNOWN
    found = [_mount(place) for place in volumes.items()]
    temporary = [tmpfs] if isinstance(tmpfs.node, Scalar) else tmpfs.items()
    found += [_tmpfs(place) for place in temporary if is_set(place)]
    return Known(tuple(found))


def volume_name(place: Cursor) -> str:
    """The named volume that an entry of `volumes` mounts; empty for what is none, or unknown."""
    if isinstance(place.node, Mapping):
        return word(place["source"]) if word(place["type"]) == "volume" else ""
    if _mount(place).source != "named":
        return ""
    name = parts(place).partition(":")[0]
    return "" if UNKNOWN_PART in name else name


def _mount(place: Cursor) -> Mount:
    if isinstance(place.node, Mapping):
        return _long(place)
    words = _sections(parts(place))
    if len(words) == 1:
        return Mount(place.span, _target(words[0], place), "volume", path=place.path)
    origin, target, *options = words
    source, host_path = "named", ""
    if origin.startswith(_PATH_STARTS) or "\\" in origin or ":" in origin:
        source, host_path = "bind", origin
    elif UNKNOWN_PART not in origin:
        host_path = _bound(origin, place)
    else:
        source = ""
    read_only = "ro" in ",".join(options).split(",")
    at = _target(target, place)
    return Mount(
        span=place.span,
        target=at,
        source=source,
        size=ABSENT,
        read_only=read_only,
        host_path=_written(host_path),
        path=place.path,
    )


def _sections(text: str) -> list[str]:
    """What stands between the colons; one letter is a drive, and its colon no end.

    `C:/models:/models` has two, and `C:/models` one: no volume can be called `C`.
    Source: compose-spec/compose-go:format/volume.go (`isWindowsDrive`).
    """
    found: list[str] = []
    for section in text.split(":"):
        if found and len(found[-1]) == 1 and found[-1].isalpha():
            found[-1] += f":{section}"
        else:
            found.append(section)
    return found


def _bound(volume: str, place: Cursor) -> str:
    """The folder of the host that a named volume is told to be; empty when it is none."""
    root = place
    while root.parent is not None:
        root = root.parent
    options = root.at("volumes", volume, "driver_opts")
    binds = "bind" in word(options["o"]).split(",")
    return word(options["device"]) if binds else ""


def _written(host_path: str) -> str:
    return "" if UNKNOWN_PART in host_path else host_path


def _target(text: str, place: Cursor) -> Fact[str]:
    if UNKNOWN_PART in text:
        return UNKNOWN
    return Known(text.rstrip("/") or "/", place.span)


def _long(place: Cursor) -> Mount:
    target = value(place["target"])
    if isinstance(target, Known):
        target = Known(target.value.rstrip("/") or "/", target.span)
    source, named = word(place["type"]), word(place["source"])
    if source == "volume" and is_set(place["source"]):
        source = "named"
    return Mount(
        span=place["target"].span,
        target=target,
        source=source,
        size=size(place.at("tmpfs", "size")),
        read_only=isinstance(flag := boolean(place["read_only"]), Known) and flag.value,
        host_path=named if source == "bind" else _bound(named, place),
        path=place.path,
    )


def _tmpfs(place: Cursor) -> Mount:
    text = value(place)
    if not isinstance(text, Known):
        return Mount(place.span, UNKNOWN, "tmpfs", UNKNOWN, path=place.path)
    target, _, options = text.value.partition(":")
    match = _SIZE_OPTION.search(options)
    limit: Fact[float] = ABSENT
    if match:
        number = parse_bytes(match[1])
        limit = UNKNOWN if number is None else Known(number, place.span)
    read_only = "ro" in options.split(",")
    return Mount(place.span, _target(target, place), "tmpfs", limit, read_only, path=place.path)
