"""What compose refuses of a file: keys that it does not know, values of another kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.booleans import compose_word
from imagelint.documents.complaints import MalformedComposeFile, UnknownComposeKey
from imagelint.documents.compose.specification.dollars import stray_dollars
from imagelint.documents.compose.specification.schema import SERVICE, Form
from imagelint.documents.compose.specification.sections import SECTIONS
from imagelint.documents.compose.values import is_set, value
from imagelint.documents.compose.words import is_open
from imagelint.documents.quantity import COMPOSE_UNITS, parse_bytes, parse_duration, parse_port
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.yaml.cursor import Cursor

_EXTENSION = "x-"
_MERGE = "<<"
# https://github.com/compose-spec/compose-go/blob/main/loader/interpolate.go (toBoolean)
_SWITCHES = frozenset(("1", "0", "t", "f"))
_PORTS = pattern(
    r"(?:(?:(?:\[[^\]]*\]|[^:\[\]]*):)?(?P<published>[0-9]*(?:-[0-9]+)?):)?"
    r"(?P<target>[0-9]+(?:-[0-9]+)?)(?:/(?:tcp|udp|sctp))?",
)
_NAMES = {
    "string": "a string",
    "number": "a number",
    "boolean": "a truth value",
    "switch": "a truth value",
    "size": "a size (`64m`, `8gb`)",
    "duration": "a duration (`30s`, `1m30s`)",
}


def refused(root: Cursor) -> Iterator[Complaint]:
    """All that compose refuses of a file for its form, in no order."""
    if not isinstance(root.node, Mapping):
        return
    yield from _misformed(root, SECTIONS)
    yield from stray_dollars(root)
    for _, service in root["services"].entries():
        if isinstance(service.node, Mapping):
            yield from _misformed(service, SERVICE)
            yield from _contradictions(service)


def _misformed(root: Cursor, form: Form) -> Iterator[Complaint]:
    pending = [(root, form)]
    while pending:
        place, wanted = pending.pop()
        node = place.node
        if node is None or place.null or "any" in wanted.scalars:
            continue
        if isinstance(node, Scalar):
            yield from _scalar(place, node, wanted)
        elif isinstance(node, Sequence):
            if wanted.items is None:
                yield _other_kind(place, wanted)
            else:
                pending += [(item, wanted.items) for item in place.items()]
        elif wanted.keys is None and wanted.each is None:
            yield _other_kind(place, wanted)
        else:
            yield from _keys(place, wanted)
            keys = wanted.keys or {}
            found = ((one, keys.get(name) or wanted.each) for name, one in place.entries())
            pending += [(one, below) for one, below in found if below is not None]


def _keys(place: Cursor, form: Form) -> Iterator[Complaint]:
    names = {name for name, _ in place.entries()}
    keys = form.keys or {}
    for name, one in () if form.each is not None else place.entries():
        if name not in keys and not name.startswith(_EXTENSION) and name != _MERGE:
            where = f"`{place.path}`" if place.path else "a compose file"
            message = f"{where} has no key `{name}`"
            yield UnknownComposeKey(one.key_span, name, message, _advice(name, form))
    for name in form.required:
        if name not in names:
            message = f"`{place.path}` lacks `{name}`"
            yield MalformedComposeFile(place.key_span, place.path, message, f"write `{name}:`")


def _advice(name: str, form: Form) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, form.keys or (), 1, 0.75)
    if near:
        return f"write `{near[0]}`"
    return "drop it; what is for other programs begins with `x-`"


def _scalar(place: Cursor, node: Scalar, form: Form) -> Iterator[Complaint]:
    fact = value(place)
    if not isinstance(fact, Known):
        return
    if "$" in node.text:
        return  # what is filled in is cast to what is wanted
    if not form.scalars:
        yield _other_kind(place, form)
        return
    if not any(_fits(node, kind) for kind in form.scalars):
        yield _other_kind(place, form)


def _fits(node: Scalar, kind: str) -> bool:
    plain = node.value
    match kind:
        case "string":
            return isinstance(plain, str)
        case "boolean":
            return isinstance(plain, bool)
        case "number":
            return isinstance(plain, int | float) and not isinstance(plain, bool)
        case "switch":
            return isinstance(plain, str) and (
                plain.lower() in _SWITCHES or compose_word(plain) is not None
            )
        case "size":
            return isinstance(plain, str) and parse_bytes(plain) is not None
        case "duration":
            return isinstance(plain, str) and parse_duration(plain, COMPOSE_UNITS) is not None
        case _:
            return plain is None


def _other_kind(place: Cursor, form: Form) -> MalformedComposeFile:
    wanted = [_NAMES[kind] for kind in sorted(form.scalars) if kind in _NAMES]
    wanted += ["a list"] * (form.items is not None)
    wanted += ["a mapping"] * (form.keys is not None or form.each is not None)
    names = " or ".join(dict.fromkeys(wanted))
    message = f"`{place.path}` is not {names}"
    return MalformedComposeFile(place.span, place.path, message, f"write {names}")


_NVIDIA = "nvidia"
_OF_NVIDIA = frozenset(
    ("gpu", "nvidia", "compute", "compat32", "graphics", "utility", "video", "display")
)
"""moby/moby:daemon/devices_nvidia_linux.go; all that are asked for must be among them."""
_CONTRADICTING = frozenset(
    ("deploy", "gpus", "build", "network_mode", "networks", "command", "entrypoint", "ports")
)


def _contradictions(service: Cursor) -> Iterator[Complaint]:
    if not service.holds_any(_CONTRADICTING):
        return
    devices = service.at("deploy", "resources", "reservations", "devices")
    for device in (*service["gpus"].items(), *devices.items()):
        yield from _both(device, "count", "device_ids")
        yield from _capabilities(device)
    yield from _both(service["build"], "dockerfile", "dockerfile_inline")
    yield from _both(service, "network_mode", "networks")
    gpus = service["gpus"]
    if isinstance(gpus.node, Scalar) and _word(gpus) not in ("", "all"):
        message = f"`{gpus.path}` is neither `all` nor a list"
        yield MalformedComposeFile(gpus.span, gpus.path, message, "write `gpus: all`")
    for key in ("command", "entrypoint"):
        if is_open(service[key]):
            message = f"a quote in `{service[key].path}` is not closed"
            yield MalformedComposeFile(service[key].span, service[key].path, message, "close it")
    for port in service["ports"].items():
        if isinstance(port.node, Scalar) and _word(port) and not _is_port(_word(port)):
            message = f"`{_word(port)}` is no port, and no range of ports"
            help_ = "write `<host>:<container>`, ranges of the same length, ports from 1 to 65535"
            yield MalformedComposeFile(port.span, port.path, message, help_)


def _capabilities(device: Cursor) -> Iterator[Complaint]:
    """Capabilities for which Docker selects no driver, and so starts no container."""
    for place in device["capabilities"].items() if _word(device["driver"]) == _NVIDIA else ():
        name = _word(place)
        if name and name not in _OF_NVIDIA:
            message = f"`{name}` is no capability of NVIDIA's devices"
            yield MalformedComposeFile(place.span, place.path, message, "write `gpu`")


def _both(place: Cursor, one: str, other: str) -> Iterator[Complaint]:
    first, second = place[one], place[other]
    if is_set(first) and is_set(second):
        if second.key_span < first.key_span:
            first, second = second, first
        message = f"`{first.key}` and `{second.key}` exclude each other"
        yield MalformedComposeFile(second.key_span, place.path, message, "drop one of them")


def _word(place: Cursor) -> str:
    fact = value(place)
    return fact.value if isinstance(fact, Known) else ""


def _is_port(text: str) -> bool:
    match = _PORTS.fullmatch(text)
    if match is None:
        return False
    target, published = _range(match["target"]), _range(match["published"] or "")
    if target is None or published is None:
        return False
    # A range of the host may be for one port of the container.
    return not published or not target or len(target) in (1, len(published))


def _range(text: str) -> range | None:
    """The ports of a range: empty for none, None for what is none."""
    if not text:
        return range(0)
    first, _, last = text.partition("-")
    start, end = parse_port(first), parse_port(last or first)
    return range(start, end + 1) if start and end and start <= end else None
