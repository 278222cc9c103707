"""What the services of a project refer to: other services, networks, volumes, secrets, models.

compose-spec/compose-go:loader/validate.go (checkConsistency), loader/normalize.go
(inferImplicitDependencies), graph/cycle.go
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.nearest import nearest
from imagelint.core.record import NamedTuple
from imagelint.documents.complaints import (
    CircularComposeService,
    MalformedComposeFile,
    UndefinedComposeName,
)
from imagelint.documents.compose.mounts import volume_name
from imagelint.documents.compose.values import boolean, is_set, says_what_runs, word
from imagelint.documents.yaml.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Some

    from imagelint.core.source import Span
    from imagelint.documents.base import Complaint
    from imagelint.documents.yaml.cursor import Cursor

Services = tuple[tuple[str, "Cursor"], ...]
_SERVICE = "service:"
_SHARED = ("network_mode", "ipc", "pid")
_NAMING = frozenset(
    (
        *("depends_on", "links", "volumes_from", "networks", "models", "build"),
        *("secrets", "configs", "volumes", *_SHARED),
    )
)
_ALWAYS = {"networks": ("default",)}


class Reference(NamedTuple):
    """A name that a service uses, and where: of a `section` of the file."""

    section: str
    name: str
    span: Span
    path: str
    optional: bool = False


def undefined_names(services: Services, root: Cursor) -> Iterator[Complaint]:
    """The names that are used and defined nowhere, where all files of the project are at hand."""
    defined: dict[str, frozenset[str] | None] = {
        "services": frozenset(name for name, _ in services)
    }
    told: set[Span] = set()  # what several services inherit, or merge, is one mistake
    for name, body in services:
        for one in references(body):
            if one.section not in defined:
                defined[one.section] = _defined(root[one.section], one.section)
            known = defined[one.section]
            missing = known is not None and one.name not in known and not one.optional
            if missing and known is not None and one.span not in told:
                told.add(one.span)
                yield _undefined(name, one, known)


def services_without_image(services: Services) -> Iterator[Complaint]:
    """Services of which nothing says what they run, where all files of the project are at hand.

    What has a profile may be there to be extended; what extends in vain is told elsewhere.
    """
    for name, body in services:
        elsewhere = is_set(body["profiles"]) or is_set(body["extends"])
        if not elsewhere and not says_what_runs(body):
            place = next((body[key] for key in ("image", "build") if body[key].exists), body)
            message = f"the service `{name}` has neither an image nor a build"
            help_ = "write its `image:` (or `build:`)"
            yield MalformedComposeFile(place.key_span, name, message, help_)


def circular_services(services: Services) -> Iterator[Complaint]:
    """Services that wait for themselves, by way of others; once for each circle."""
    # What has a profile is left out unless somebody asks for it.
    edges = {
        name: [one for one in references(body) if one.section == "services"]
        for name, body in services
        if not is_set(body["profiles"])
    }
    finished: set[str] = set()
    for start in edges:
        chain: list[str] = []
        pending: list[tuple[str, int]] = [(start, 0)]
        while pending:
            name, at = pending.pop()
            del chain[len(pending) :]
            if name in finished:
                continue
            chain.append(name)
            if at == len(edges[name]):
                finished.add(name)
                continue
            pending.append((name, at + 1))
            one = edges[name][at]
            if one.name in chain:
                yield _circle(one, [*chain[chain.index(one.name) :], one.name])
            elif one.name in edges:
                pending.append((one.name, 0))


def references(service: Cursor) -> Iterator[Reference]:
    """The names that a service uses, in no order."""
    if not service.holds_any(_NAMING):
        return
    yield from _services(service)
    for section in ("networks", "models"):
        yield from (_at(section, name, place) for name, place in _names(service[section]))
    for place in (service, service["build"]):
        yield from _files("secrets", place["secrets"])
    yield from _files("configs", service["configs"])
    for place in service["volumes"].items():
        name = volume_name(place)
        if name:
            at = place["source"] if isinstance(place.node, Mapping) else place
            yield _at("volumes", name, at)


def _services(service: Cursor) -> Iterator[Reference]:
    for name, place in _names(service["depends_on"]):
        required = boolean(place["required"])
        optional = isinstance(required, Known) and not required.value
        yield _at("services", name, place)._replace(optional=optional)
    for item in (*service["links"].items(), *service["volumes_from"].items()):
        name = word(item).partition(":")[0]
        if name and name != "container":
            yield _at("services", name, item)
    yield from _by_prefix(service)


def _by_prefix(service: Cursor) -> Iterator[Reference]:
    """The services whose namespaces, or images, are meant by `service:NAME`."""
    for key in _SHARED:
        shared = word(service[key])
        if shared.startswith(_SERVICE):
            yield _at("services", shared.removeprefix(_SERVICE), service[key])
    for _, place in service.at("build", "additional_contexts").entries():
        if word(place).startswith(_SERVICE):
            yield _at("services", word(place).removeprefix(_SERVICE), place)


def _files(section: str, listed: Cursor) -> Iterator[Reference]:
    for item in listed.items():
        place = item["source"] if isinstance(item.node, Mapping) else item
        if word(place):
            yield _at(section, word(place), place)


def _names(listed: Cursor) -> Iterator[tuple[str, Cursor]]:
    """The items of a list, or the keys of a mapping."""
    if isinstance(listed.node, Sequence):
        yield from ((word(item), item) for item in listed.items() if word(item))
    yield from listed.entries()


def _at(section: str, name: str, place: Cursor) -> Reference:
    """A name that is written as a value, or as the key of what is said about it."""
    keyed = place.null or isinstance(place.node, Mapping)
    return Reference(section, name, place.key_span if keyed else place.span, place.path)


def _defined(place: Cursor, section: str) -> frozenset[str] | None:
    """The names that a section defines; None where they cannot be told."""
    if is_set(place) and not isinstance(place.node, Mapping):
        return None
    return frozenset((*_ALWAYS.get(section, ()), *(name for name, _ in place.entries())))


def _undefined(service: str, one: Reference, known: frozenset[str]) -> UndefinedComposeName:
    what = one.section.removesuffix("s")
    near = nearest(one.name, sorted(known))
    help_ = f"define `{one.name}` (below `{one.section}`)"
    message = f"`{service}` refers to the {what} `{one.name}`, which is not defined"
    return UndefinedComposeName(
        one.span, one.name, message, f"write `{near}`, or {help_}" if near else help_
    )


def _circle(one: Reference, names: Some[str]) -> CircularComposeService:
    way = " → ".join(names)
    message = f"`{names[0]}` waits for itself: {way}"
    return CircularComposeService(one.span, names[0], message, "break the circle")
