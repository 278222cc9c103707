"""Whether anybody listens where the addresses lead to that a text names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.kubernetes.landmarks import service_named
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.project import folder_of
from imagelint.documents.proxies.upstreams import LOCAL, service_of
from imagelint.documents.queries.links.backends import has_port
from imagelint.documents.queries.links.ports import only_listener
from imagelint.documents.queries.links.published import may_answer
from imagelint.documents.queries.links.scope import same
from imagelint.documents.queries.links.targets import targets_of
from imagelint.documents.queries.links.upstreams import composed_servers
from imagelint.documents.queries.serving import title
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.scaling import Route
from imagelint.documents.shared import Holder, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.project import Project
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.shared import EnvVar

_ADDRESS = pattern(
    r"\b(https?)://([A-Za-z0-9_][A-Za-z0-9_.-]{0,252})(?::([0-9]{1,5}))?"
    r"(?=[/?#\s\"'`;,<>)\]}]|\Z)"
)
_HOST = pattern(r"(?<![A-Za-z0-9_.-])[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}:[0-9]{1,5}")
_LONGEST = 300  # characters of a line before an address, among which a comment may begin
_MOST_MISSED = 100  # each is looked for in all that is left of the text
_PORTS = {"http": 80, "https": 443}
_HOLDERS = (Holder.CONFIG_MAP, Holder.ENVIRONMENT_FILE, Holder.GATEWAY)
_SCHEME = "://"
_READ = ("compose", "kubernetes", "dotenv", "dockerfile", "litellm")
"""The kinds of documents whose variables and settings have services around them."""
_COMPOSE, _KUBERNETES = "compose", "kubernetes"


class Named(NamedTuple):
    """A host and a port, and where they are written in a text: both, or the host alone."""

    host: str
    port: int
    span: Span


class Unanswered(NamedTuple):
    """An address on whose port nobody listens.

    `ports` are those where somebody does, `who` has them; `certain` where nobody else can be meant.
    """

    address: Named
    who: str
    ports: tuple[int, ...]
    certain: bool


def named_in(
    subject: EnvVar | Setting | Route, document: Document
) -> Iterator[tuple[Named, Place]]:
    """The addresses that a subject names, each with its place: where it is written, if that is."""
    if isinstance(subject, Route):
        for host, port in dict.fromkeys(subject.upstreams):
            if port:
                address = Named(host, int(port), Span(0, 0))
                yield address, _upstream_place(subject, address, document)
        return
    text, span = _stated(subject) if document.kind in _READ else ("", subject.span)
    if _SCHEME not in text:
        return
    whole, at, missed = document.written(span), 0, 0
    for address in dict.fromkeys(_addresses_in(text)):
        written = text[address.span.start : address.span.end]
        # They are written in the order in which they are read, unless they are written otherwise.
        found = whole.find(written, at) if missed < _MOST_MISSED else -1
        at, missed = max(at, found), missed + (found < 0)
        yield address, Place(_part(span, found, written), subject.path)


def _part(span: Span, at: int, written: str) -> Span:
    """A part of a place, or all of it where the part is written in another way."""
    start = span.start + at
    return span if at < 0 else Span(start, start + len(written))


def _upstream_place(route: Route, address: Named, document: Document) -> Place:
    """Where a proxy is told of a server, which may be far from the way that leads to it."""
    written = f"{address.host}:{address.port}"
    at = document.derived(_hosts).get(written, -1) if document.kind not in _READ else -1
    if at < 0:
        at = document.written(route.span).find(written)
        return Place(_part(route.span, at, written), route.path)
    return Place(Span(at, at + len(written)), route.path)


def _hosts(document: Document) -> dict[str, int]:
    """Where each host is written with a port, -1 for those that stand in several places."""
    found: dict[str, int] = {}
    for one in _HOST.finditer(document.source.text):
        found[one[0]] = -1 if one[0] in found else one.start()
    return found


def _stated(subject: EnvVar | Setting) -> tuple[str, Span]:
    """What a variable or a setting holds, and where; nothing of what is taken from elsewhere."""
    if isinstance(subject, Setting):
        return (subject.text if subject.holder in _HOLDERS else ""), subject.span
    value = subject.value
    text = value.value if isinstance(value, Known) and not subject.reference else ""
    return text, subject.value_span


def _addresses_in(text: str) -> Iterator[Named]:
    """The hosts and ports of the URLs in a text; those in comments are none."""
    for found in _ADDRESS.finditer(text):
        scheme, host, port = found.groups()
        before = text[max(0, found.start() - _LONGEST) : found.start()]
        if "#" not in before.rpartition("\n")[2]:
            yield Named(host, int(port or _PORTS[scheme]), Span(found.start(2), found.end()))


def unanswered(
    address: Named, scope: Scope, document: Document, project: Project
) -> Unanswered | None:
    """What an address is about where nobody answers it; None where somebody may."""
    if address.host in LOCAL or not address.port > 0:
        return None
    if document.kind == _KUBERNETES:
        return _of_cluster(address, scope, document)
    if document.kind != _COMPOSE and _is_in_cluster(address, scope):
        return None  # which of both is meant is not known
    return _of_compose(address, document, project)


def _is_in_cluster(address: Named, scope: Scope) -> bool:
    named = service_of(address.host)
    found = scope.anywhere(service_named(named[0]), Service) if named is not None else ()
    return any(True for _ in found)


def _of_compose(address: Named, document: Document, project: Project) -> Unanswered | None:
    """A service of compose has the ports of its container: what is published is another matter."""
    ports: dict[int, None] = {}
    certain, who = document.kind == _COMPOSE, ""
    for whole, server in composed_servers(address.host, document, project):
        listeners = only_listener((server,))
        if not _is_near(whole.source.origin, document) or not listeners:
            return None
        if may_answer(server, address.port, whole):
            return None
        ports[listeners[0].port] = None
        certain = certain and server.own_image
        who = who or f"{title(server)} of `{address.host}`"
    return Unanswered(address, who, tuple(ports), certain) if who else None


def _of_cluster(address: Named, scope: Scope, document: Document) -> Unanswered | None:
    named = service_of(address.host)
    if named is None:
        return None
    name, namespace = named
    asked = {namespace} if namespace else _namespaces(scope)
    if len(asked) > 1:
        return None  # a short name means another Service in each
    found = scope.nearest(
        service_named(name),
        Service,
        lambda one: all(same(one.object.namespace, space) for space in asked),
    )
    services = [one for _, one in found.nodes]
    if not all(_is_near(origin, document) for origin, _ in found.nodes):
        return None
    if not services or any(_may_lead(one, address.port, scope) for one in services):
        return None
    ports = {port for one in services for port in _led_to(one, scope)}
    certain = found.here and {one.object.namespace for one in services} == (asked or {""})
    return Unanswered(address, f"the Service `{name}`", tuple(sorted(ports)), certain)


def _namespaces(scope: Scope) -> set[str]:
    """The namespaces that are written in a manifest, one of which a short name means."""
    objects = scope.manifest.objects if scope.manifest is not None else ()
    return scope.once(
        ("namespaces that are written", ""),
        lambda: {one.namespace for one in objects if one.namespace},
    )


def _is_near(origin: str, document: Document) -> bool:
    """Whether one file lies beside another, or below it: elsewhere names are those of others."""
    here, there = folder_of(document.source.origin), folder_of(origin)
    return here.startswith(there) or there.startswith(here)


def _may_lead(service: Service, port: int, scope: Scope) -> bool:
    """Whether a Service may lead to somebody on a port: a headless one leads to its pods."""
    if service.kind != "Service" or value_or(service.type, "") == "ExternalName":
        return True
    if not service.headless:
        return has_port(service, str(port))
    targets = targets_of(service, scope).targets
    return not targets or any(
        not (alone := only_listener(one.servers))
        or len(alone) != len(one.pod.containers)
        or any(each.port == port for each in alone)
        for one in targets
    )


def _led_to(service: Service, scope: Scope) -> Iterator[int]:
    if service.headless:
        for one in targets_of(service, scope).targets:
            yield from (each.port for each in only_listener(one.servers))
    else:
        yield from (one.port.value for one in service.ports if isinstance(one.port, Known))
