"""The flags of a line as the body of a service, whose keys stand where the flags are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.quantity import parse_count
from imagelint.documents.runlines.values import Value
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.runlines.line import Flag, RunLine
    from imagelint.documents.yaml.nodes import YamlNode

# What compose calls what a flag says: https://docs.docker.com/reference/compose-file/services/
SCALARS = {
    **{name: name.replace("-", "_") for name in ("shm-size", "hostname", "platform", "cpus")},
    **{name: name for name in ("entrypoint", "ipc", "pid", "restart", "runtime", "user", "uts")},
    "cgroupns": "cgroup",
    "memory": "mem_limit",
    "network": "network_mode",
    "pull": "pull_policy",
    "userns": "userns_mode",
    "workdir": "working_dir",
}
LISTS = {
    **{name: name.replace("-", "_") for name in ("cap-add", "cap-drop", "expose", "security-opt")},
    "device": "devices",
    "device-cgroup-rule": "device_cgroup_rules",
    "env-file": "env_file",
    "label": "labels",
    "publish": "ports",
    "tmpfs": "tmpfs",
    "volume": "volumes",
}
SWITCHES = {
    "init": "init",
    "privileged": "privileged",
    "read-only": "read_only",
    "use-api-socket": "use_api_socket",
}
CHECKS = {
    "health-cmd": "test",
    "health-interval": "interval",
    "health-retries": "retries",
    "health-start-interval": "start_interval",
    "health-start-period": "start_period",
    "health-timeout": "timeout",
}
# With these, more is said than stands in the line.
_ELSEWHERE = frozenset({"volumes-from", "pod", "chrootdirs", "rootfs"})
_TARGETS = ("target", "destination", "dst")
_SOURCES = ("source", "src")
_PATHS = {
    "environment": "env",
    "healthcheck": "health-cmd",
    "deploy.resources.reservations.devices": "gpus",
    **{f"healthcheck.{key}": flag for flag, key in CHECKS.items()},
    **{key: flag for table in (SCALARS, LISTS, SWITCHES) for flag, key in table.items()},
}
_INDEX = pattern(r"(?:\[[^\]]*\]|\.).*")


def flag_of(key: str) -> str:
    """The long flag that says what a key of a service says."""
    return _PATHS.get(key, key.replace("_", "-"))


class RunCursor(Cursor):
    """A place in the body of a line, whose path is that of a flag: `llm --volume[0]`."""

    __slots__ = ()

    @property
    def path(self) -> str:
        """The name of the container, and the flag."""
        keys: list[str] = []
        place: Cursor = self
        while place.parent is not None:
            keys.append(place.key)
            place = place.parent
        start = place.known_path or ""
        if not keys:
            return start
        joined = ".".join(reversed(keys)).replace(".[", "[")
        for end in range(len(keys), 0, -1):
            head = ".".join(reversed(keys[-end:]))
            if head in _PATHS:
                rest = joined[len(head) :]
                return f"{start} --{_PATHS[head]}{rest}".strip()
        match = _INDEX.search(joined)
        head = joined[: match.start()] if match else joined
        return f"{start} --{flag_of(head)}{joined[len(head) :]}".strip()

    def _child(self, node: YamlNode | None, key: str, key_span: Span) -> Cursor:
        child = object.__new__(self.__class__)
        child.node = node
        child.key = key
        child.key_span = key_span
        child.parent = self
        child.known_path = None
        return child


def body_of(line: RunLine, name: str, place: type[RunCursor]) -> RunCursor:
    """The body of the service that a line starts."""
    entries = [_entry("image", line.image.span, line.image.scalar)]
    for names, make in _MAKERS:
        for key, flags in _grouped(line, names).items():
            entries += make(key, flags)
    entries += _others(line)
    if not line.complete or any(line.last(name) for name in _ELSEWHERE):
        # Nobody has seen all of it.
        entries.append(_entry("extends", line.span, Scalar(line.span, "$_", "", plain=False)))
    cursor = place(Mapping(line.span, tuple(entries)), name)
    cursor.key_span = line.span
    return cursor


def _grouped(line: RunLine, names: dict[str, str]) -> dict[str, list[Flag]]:
    found: dict[str, list[Flag]] = {}
    for flag in line.flags:
        key = names.get(flag.name)
        if key is not None:
            found.setdefault(key, []).append(flag)
    return found


def _entry(key: str, span: Span, value: YamlNode) -> Entry:
    return Entry(Scalar(span, key, "", plain=False), value)


def _scalar(key: str, flags: list[Flag]) -> Iterator[Entry]:
    flag = flags[-1]
    if flag.value is not None:
        yield _entry(key, flag.span, flag.value.scalar)


def _list(key: str, flags: list[Flag]) -> Iterator[Entry]:
    values = [flag.value for flag in flags if flag.value is not None]
    items = tuple(_long_form(key, value) or value.scalar for value in values)
    if items:
        yield _entry(key, flags[0].span, Sequence(_around(items), items))


def _around(items: tuple[YamlNode, ...]) -> Span:
    return Span(min(item.span.start for item in items), max(item.span.end for item in items))


def _long_form(key: str, value: Value) -> Mapping | None:
    """`published=8080,target=80`, as services of a swarm may write it."""
    if key != "ports" or "=" not in value.text:
        return None
    fields = dict(_fields(value))
    entries = [_entry(name, value.span, _part(value, text)) for name, text in fields.items()]
    return Mapping(value.span, tuple(entries))


def _part(value: Value, text: str) -> Scalar:
    return Scalar(value.span, text, "", plain=False)


def _fields(value: Value) -> Iterator[tuple[str, str]]:
    """The fields of a value that is written with commas."""
    for field in value.text.split(","):
        name, equals, text = field.strip().strip('"').partition("=")
        yield name.lower(), text if equals else "true"


def _switch(key: str, flags: list[Flag]) -> Iterator[Entry]:
    flag = flags[-1]
    text = flag.value.text if flag.value is not None else "true"
    place = flag.value.span if flag.value is not None else flag.span
    yield _entry(key, flag.span, Scalar(place, text, "", plain=False))


_MAKERS: tuple[tuple[dict[str, str], Callable[[str, list[Flag]], Iterator[Entry]]], ...] = (
    (SCALARS, _scalar),
    (LISTS, _list),
    (SWITCHES, _switch),
)


def _others(line: RunLine) -> Iterator[Entry]:
    yield from _environment(line)
    yield from _health(line)
    yield from _gpus(line)
    generic = line.last("generic-resource")
    if generic is not None and generic.value is not None:
        entry = _entry("generic_resources", generic.span, Sequence(generic.value.span, ()))
        for key in ("reservations", "resources", "deploy"):
            entry = _entry(key, generic.span, Mapping(generic.span, (entry,)))
        yield entry
    mounts = [flag for flag in line.flags if flag.name == "mount" and flag.value is not None]
    listed = [flag for flag in line.flags if flag.name == "volume" and flag.value is not None]
    if mounts:
        items: tuple[YamlNode, ...] = (
            *(flag.value.scalar for flag in listed if flag.value is not None),
            *(_mount(flag.value) for flag in mounts if flag.value is not None),
        )
        yield _entry("volumes", (listed or mounts)[0].span, Sequence(_around(items), items))


def _environment(line: RunLine) -> Iterator[Entry]:
    entries: list[Entry] = []
    values = [flag.value for flag in line.flags if flag.name == "env" and flag.value is not None]
    for value in values:
        name, equals, _ = value.text.partition("=")
        if "$" in name:
            continue
        length = len(name) + (value.raw[:1] in "'\"")
        start = value.span.start + length - len(name)
        exact = value.raw[length - len(name) : length] == name
        place = Span(start, start + len(name)) if exact else value.span
        inner: YamlNode = Scalar(value.span, None, "", plain=True)
        if equals:
            inner = _unquoted(value.behind(f"{name}=")).scalar
        entries.append(_entry(name, place, inner))
    unnamed = [value for value in values if "$" in value.text.partition("=")[0]]
    if unnamed:
        files = [flag.value.scalar for flag in line.flags if flag.name == "env-file" and flag.value]
        items = (*files, *(Scalar(value.span, "$_", "", plain=False) for value in unnamed))
        yield _entry("env_file", unnamed[0].span, Sequence(_around(items), items))
    if entries:
        first = next(flag for flag in line.flags if flag.name == "env")
        span = Span(values[0].span.start, values[-1].span.end)
        yield _entry("environment", first.span, Mapping(span, tuple(entries)))


def _unquoted(value: Value) -> Value:
    """The place of a value without the quotes around it."""
    raw, span = value.raw, value.span
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "'\"" and len(raw) == span.end - span.start:
        return Value(Span(span.start + 1, span.end - 1), value.text, raw[1:-1])
    return value


def _health(line: RunLine) -> Iterator[Entry]:
    entries = [
        _entry(CHECKS[flag.name], flag.span, flag.value.scalar)
        for flag in line.flags
        if flag.name in CHECKS and flag.value is not None
    ]
    off = line.last("no-healthcheck")
    if off is not None:
        entries.append(_entry("disable", off.span, Scalar(off.span, "true", "", plain=False)))
    if entries:
        span = entries[0].key.span
        yield _entry("healthcheck", span, Mapping(span, tuple(entries)))


def _gpus(line: RunLine) -> Iterator[Entry]:
    """`all`, a number, or fields: https://docs.docker.com/reference/cli/docker/container/run/#gpus."""
    flag = line.last("gpus")
    if flag is None or flag.value is None:
        return
    value, known = flag.value, flag.value.fact
    text = known.value.strip().strip('"') if isinstance(known, Known) else ""
    fields = dict(_fields(Value(value.span, text, ""))) if "=" in text else {}
    key, said = "", ""
    if parse_count(text) is not None:
        key, said = "count", text
    elif "count" in fields:
        key, said = "count", fields["count"]
    node: YamlNode = value.scalar
    if "device" in fields:
        # Commas part the fields as well: `device=0,1` is one device and a field called `1`.
        ids = text.partition("device=")[2].partition('"')[0]
        scalar = _part(value, ids)
        entries = (_entry("device_ids", value.span, Sequence(value.span, (scalar,))),)
        node = Sequence(value.span, (Mapping(value.span, entries),))
    elif key:
        entries = (_entry(key, value.span, _part(value, said)),)
        node = Sequence(value.span, (Mapping(value.span, entries),))
    yield _entry("gpus", flag.span, node)


def _mount(value: Value) -> Mapping:
    """`type=bind,source=/data,target=/data,readonly`."""
    fields = dict(_fields(value))
    entries = [_entry("type", value.span, _part(value, fields.get("type", "volume")))]
    for key, names in (("source", _SOURCES), ("target", _TARGETS)):
        text = next((fields[name] for name in names if name in fields), None)
        if text is not None:
            entries.append(_entry(key, value.span, _part(value, text)))
    only = next((fields[name] for name in ("readonly", "ro") if name in fields), None)
    if only is not None:
        entries.append(_entry("read_only", value.span, _part(value, only)))
    if "tmpfs-size" in fields:
        size = (_entry("size", value.span, _part(value, fields["tmpfs-size"])),)
        entries.append(_entry("tmpfs", value.span, Mapping(value.span, size)))
    return Mapping(value.span, tuple(entries))
