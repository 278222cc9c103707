"""What probes and health checks ask of the server that they stand beside."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from math import inf
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.requests import addresses
from imagelint.documents.runtime.field import Place
from imagelint.documents.runtime.probe import CheckKind
from imagelint.documents.serving.options import HOST, PORT
from imagelint.documents.serving.programs import map_word
from imagelint.documents.shell.shells import SHELLS, base_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.runtime.probe import Probe, ProbeCheck
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shell.script import Word

# What web frameworks serve besides.
_DOCUMENTATION = ("/docs", "/docs/*", "/redoc", "/openapi.json", "/static/*")
_NOT_TOLD = ("", "false")
_BEFORE = 3  # words: `vllm`, `python -m vllm`
_RPC = "gRPC"
_LOOPBACK = ("127.", "localhost", "::1", "[::1]")
# What may stand before the server in the same container.
_PROXIES = ("nginx", "caddy", "envoy", "haproxy", "socat", "traefik", "supervisord")


class Asked(NamedTuple):
    """One request of a check to its own container.

    `path` is without its query, and absent where only a connection is asked for; `place` is where
    it is written, `port_place` the port, `scheme_place` the scheme: `http`, `https` or `gRPC`,
    absent for a connection alone.
    """

    probe: Probe
    path: Fact[str]
    place: Node
    port: Fact[int]
    port_place: Node
    scheme: Fact[str]
    scheme_place: Node


def probes_of(runtime: Runtime) -> tuple[Probe, ...]:
    """The probes of a container, each once: some platforms have one for everything."""
    probes = runtime.probes
    found: dict[Span, Probe] = {}
    for fact in (probes.startup, probes.readiness, probes.liveness):
        if isinstance(fact, Known):
            found.setdefault(fact.value.span, fact.value)
    return tuple(found.values())


def requests_of(runtime: Runtime, probe: Probe) -> tuple[Asked, ...]:
    """What a probe asks its own container over the network."""
    check = probe.check
    kind = value_or(check.kind, None)
    if kind is CheckKind.EXEC:
        return tuple(_of_command(probe, check))
    if kind is None or value_or(check.host.value, ""):
        return ()
    path = check.url_path
    fact: Fact[str] = UNKNOWN if kind is CheckKind.GRPC else ABSENT
    if kind is CheckKind.HTTP:
        fact = Known("/") if path.value is ABSENT else _without_query(path.value)
    scheme = _scheme(check.scheme.value) if kind is CheckKind.HTTP else ABSENT
    if kind is CheckKind.GRPC:
        scheme = Known(_RPC)
    port = _numbered(runtime, check.port.value)
    written = check.scheme if kind is CheckKind.HTTP else check.port
    return (Asked(probe, fact, path, port, check.port, scheme=scheme, scheme_place=written),)


def _scheme(scheme: Fact[str]) -> Fact[str]:
    if scheme is UNKNOWN:
        return UNKNOWN
    return Known(value_or(scheme, "HTTP").lower())


def _without_query(path: Fact[str]) -> Fact[str]:
    if not isinstance(path, Known):
        return UNKNOWN
    text = path.value.partition("?")[0]
    return Known(text if text.startswith("/") else f"/{text}", path.span)


def _numbered(runtime: Runtime, port: Fact[str]) -> Fact[int]:
    """The number of a port that may be given by the name that the container has for it."""
    if not isinstance(port, Known):
        return UNKNOWN
    number = parse_count(port.value)
    if number is None:
        named = [one.number for one in runtime.ports if one.name == port.value]
        number = named[0] if len(named) == 1 else None
    return UNKNOWN if number is None else Known(number, port.span)


def _of_command(probe: Probe, check: ProbeCheck) -> Iterator[Asked]:
    words = value_or(check.command.value, ())
    for one in addresses(words, in_shell=check.in_shell):
        if one.is_local:
            place = written_at(words, one.text, check.command)
            path: Fact[str] = Known(one.path) if one.path else ABSENT
            scheme: Fact[str] = Known(one.scheme) if one.scheme else ABSENT
            yield Asked(probe, path, place, one.port, place, scheme=scheme, scheme_place=place)


def written_at(words: tuple[Word, ...], text: str, otherwise: Node) -> Node:
    """Where a text stands among words, as exactly as can be told."""
    path = getattr(otherwise, "path", "")
    for word in words:
        at = word.text.find(text)
        if at >= 0:
            return Place(map_word(word, word.text).place(at, at + len(text)), path)
    return otherwise


def is_asked_itself(server: ServingCommand) -> bool:
    """Whether what is asked on the port of a server reaches it, and is answered by it alone."""
    if server.facts is None or server.concluded or server.is_follower:
        return False
    if server.facts.traits.launches_others:
        return False
    return not stands_behind_proxy(server)


def stands_behind_proxy(server: ServingCommand) -> bool:
    """Whether another program in the same container may answer for the server."""
    text = " ".join(server.launch.written)
    return any(proxy in text for proxy in _PROXIES)


def asks_server(server: ServingCommand, asked: Asked) -> bool:
    """Whether a request certainly goes to the port on which the server answers."""
    port = server.effective(PORT)
    return (
        isinstance(port, Known) and isinstance(asked.port, Known) and port.value == asked.port.value
    )


def asks_another_protocol(server: ServingCommand, asked: Asked) -> bool:
    """Whether the path of a server's health is asked on a port of it that has other things.

    That is the port for gRPC or for metrics. Where the table tells of no flag for the port, what
    listens where is told in files that are not read.
    """
    known, port = server.facts, value_or(asked.port, 0)
    if known is None or not server.own_image or not known.options[PORT.name]:
        return False
    paths = known.endpoints
    besides = port in paths.other_ports or (
        known.metrics is not None and port == known.metrics.port
    )
    path = value_or(asked.path, "")
    if not besides or path not in (paths.liveness, paths.readiness, paths.startup):
        return False
    return not server.launch.runtime.neighbour_may_listen(port)


def speaks_tls(server: ServingCommand) -> Fact[bool]:
    """Whether a server answers HTTPS alone; otherwise it answers HTTP alone."""
    known = server.facts
    if known is None:
        return UNKNOWN
    said = [server.switch(flag) for flag in known.endpoints.tls_flags]
    if any(isinstance(one, Known) and one.value not in _NOT_TOLD for one in said):
        return Known(value=True)
    if known.endpoints.tls_otherwise or not server.complete or UNKNOWN in said:
        return UNKNOWN
    return Known(value=False)


def mistaken_schemes(server: ServingCommand) -> Iterator[tuple[Asked, str]]:
    """The requests of checks over another scheme than the server speaks, with the one it speaks.

    A check that asks over both may go on with the one that is answered; gRPC is no such thing. Who
    listens on the loopback alone is asked by none from outside: another container of the pod may
    take the port there.
    """
    runtime, secured = server.launch.runtime, speaks_tls(server)
    if runtime.managed or not is_asked_itself(server):
        return
    spoken = "https" if value_or(secured, default=False) else "http"
    hidden = value_or(server.effective(HOST), "").lower().startswith(_LOOPBACK)
    for probe in probes_of(runtime):
        if hidden and value_or(probe.check.kind, None) is not CheckKind.EXEC:
            continue
        asked = [one for one in requests_of(runtime, probe) if asks_server(server, one)]
        if value_or(probe.check.kind, None) is CheckKind.GRPC:
            yield from ((one, spoken) for one in asked if not _may_speak_rpc(server))
            continue
        if not isinstance(secured, Known):
            continue
        others = [one for one in asked if value_or(one.scheme, spoken) != spoken]
        if len(others) == len(asked):
            yield from ((one, spoken) for one in others)


def _may_speak_rpc(server: ServingCommand) -> bool:
    """Whether anything tells that gRPC may be answered on the port of the server."""
    image = server.launch.image
    told = (*server.launch.written, image.text if image is not None else "")
    return not server.own_image or any(_RPC.lower() in text.lower() for text in told)


def serves_path(server: ServingCommand, path: str) -> bool:
    """Whether the server may answer a path; true where that is not known."""
    known = server.facts
    if known is None:
        return True
    if any(server.switch(flag) is not ABSENT for flag in known.endpoints.prefix_flags):
        return True
    plain = path.rstrip("/") or "/"
    patterns = (*known.endpoints.health, *known.endpoints.generation, *_DOCUMENTATION)
    return any(fnmatchcase(plain, pattern.rstrip("/") or "/") for pattern in patterns)


def wants_key(server: ServingCommand, path: str) -> bool:
    """Whether a path is answered to those only who have the key, where the server has one."""
    known = server.facts
    if known is None or path.rstrip("/") in {one.rstrip("/") for one in known.endpoints.open}:
        return False
    return any(path.startswith(prefix) for prefix in known.endpoints.guarded)


def are_equal(one: Probe, other: Probe) -> bool:
    """Whether two probes certainly ask the same, at the same times."""
    pairs = (*zip(_values(one), _values(other), strict=True),)
    return all(first == second and first is not UNKNOWN for first, second in pairs)


def _values(probe: Probe) -> tuple[object, ...]:
    """What a probe asks and when, without the places of it."""
    check, timing = probe.check, probe.timing
    facts = (check.url_path, check.port, check.scheme, check.host, *timing)
    words = value_or(check.command.value, ())
    return (
        _bare(check.kind),
        check.headers,
        tuple(word.raw for word in words),
        *(_bare(field.value) for field in facts),
    )


def _bare(fact: object) -> object:
    return fact.value if isinstance(fact, Known) else fact


def may_listen(server: ServingCommand, port: int) -> bool:
    """Whether anybody may listen on a port where a server runs: itself, or who stands beside it."""
    runtime = server.launch.runtime
    if not starts_alone(server) and runtime.declares(port):
        return True
    return listens_besides(server, port)


def starts_alone(server: ServingCommand) -> bool:
    """Whether a container runs its server and nothing else, which is told a port.

    So it is in an engine's own image, and where the command is that of the server, without a
    script or a shell: what the image would start does not run then. What the container declares
    opens no port.
    """
    if server.own_image:
        return True
    launch, program = server.launch, server.program
    port = server.option(PORT)
    if launch.appends is not False or program is None or launch.scripts:
        return False
    if not isinstance(port, Known) or port.span is None:
        return False
    return program in launch.argv[:_BEFORE] and base_name(launch.argv[0].text) not in SHELLS


def listens_besides(server: ServingCommand, port: int) -> bool:
    """The same, whatever ports the container says that it has: that may be what is wrong."""
    known, runtime = server.facts, server.launch.runtime
    shared = runtime.kind in ("compose", "run") and runtime.host.network.value is UNKNOWN
    if known is None or shared:
        return True
    metrics = known.metrics.port if known.metrics else None
    if port in known.endpoints.other_ports or port == metrics or _is_told(server, port):
        return True
    return runtime.neighbour_may_listen(port)


def _is_told(server: ServingCommand, port: int) -> bool:
    """Whether a number stands anywhere in what a container is told: a further port may be meant."""
    values = (value_or(variable.value, "") for variable in server.launch.env)
    return any(
        int(number) == port
        for text in (*server.launch.written, *values)
        for number in re.findall(r"\d{1,9}", text)
    )


# A second is Kubernetes' default; whoever waits a minute altogether is patient enough.
_SHORT, _FEW, _PATIENT = 1, 3, 60
# Whoever kills at the first failure waits for it as long as a long prompt may block the event loop.
_ONCE = 30


def is_nervous(server: ServingCommand, probe: Probe) -> bool:
    """Whether a liveness probe kills a server that only answers late."""
    if server.facts is None or not probe.kills or server.launch.runtime.managed:
        return False
    timeout, failures, period = (
        value_or(one.value, inf)
        for one in (probe.timing.timeout, probe.timing.failure_threshold, probe.timing.period)
    )
    patient = failures > _FEW or failures * period >= _PATIENT
    if (timeout > _SHORT or patient) and (failures > 1 or timeout >= _ONCE or period >= _PATIENT):
        return False
    kind = value_or(probe.check.kind, None)
    over_http = kind is CheckKind.HTTP and server.facts.endpoints.by_python
    return over_http or kind is CheckKind.EXEC
