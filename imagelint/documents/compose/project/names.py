"""The names in compose files that others use: services on networks, sections, files taken."""

from __future__ import annotations

from posixpath import basename, dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.base import Landmark
from imagelint.documents.compose.contexts import engine_composed
from imagelint.documents.compose.interpolation import interpolated, variables_of
from imagelint.documents.compose.values import says_what_runs, word
from imagelint.documents.project import beside
from imagelint.documents.proxies.upstreams import service_called
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.knowledge.recognition import recognise_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Key
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.yaml.cursor import Cursor

SECTIONS = ("networks", "volumes", "secrets", "configs", "models")
"""The keys of a compose file that define what services use by name."""


_DEEPEST = 16
"""Folders above a file that are looked into."""


class DefinedName(NamedTuple):
    """A name that a section of a compose file defines; `runs`: a service that says what it runs."""

    span: Span
    runs: bool = False


class TakenFile(NamedTuple):
    """A file of which a compose file extends services, or which it includes.

    `path` is its origin; where that begins with a variable, `known` is false, and it is what stands
    behind the last one.
    """

    span: Span
    path: str
    known: bool

    def may_be(self, origin: str) -> bool:
        """Whether it may be the file of that origin."""
        return origin == self.path or (not self.known and origin.endswith(f"/{self.path}"))


def name_defined(section: str, name: str, folder: str) -> Key:
    """The definitions of a name in a section of the compose files of a folder."""
    return ("compose name", section, name, folder)


def name_defined_below(section: str, name: str, folder: str) -> Key:
    """The same of the files in a folder and below it."""
    return ("compose name below", section, name, folder)


def name_defined_in(section: str, name: str, origin: str) -> Key:
    """The same of one file."""
    return ("compose name in", section, name, origin)


def folders_above(origin: str) -> tuple[str, ...]:
    """The folder of a file and those above it, the nearest first."""
    found = [dirname(origin)]
    while found[-1] not in ("", "/") and len(found) < _DEEPEST:
        found.append(dirname(found[-1]))
    return tuple(found)


def file_taken(origin: str) -> Key:
    """The places of compose files that may take a file."""
    return ("compose file taken", basename(origin))


def service_landmarks(services: Iterable[ComposeService]) -> Iterator[Landmark]:
    """Each service under all its names (its own, its container's, its aliases), and its engine.

    https://github.com/compose-spec/compose-spec/blob/main/05-services.md#aliases
    """
    for service in services:
        for name in dict.fromkeys(filter(None, _names(service))):
            yield Landmark(service_called(name), service)
        image = service.image.reference if service.image is not None else None
        found = recognise_image(image.value) if isinstance(image, Known) else None
        if found is not None:
            yield Landmark(engine_composed(found.engine), service)


def defined_landmarks(root: Cursor, origin: str) -> Iterator[Landmark]:
    """The names that the sections of a compose file define, for those that may lie over it."""
    folders = folders_above(origin)
    for section in ("services", *SECTIONS):
        for name, place in root[section].entries():
            runs = section == "services" and says_what_runs(place)
            defined = DefinedName(place.key_span, runs)
            yield Landmark(name_defined(section, name, folders[0]), defined)
            yield Landmark(name_defined_in(section, name, origin), defined)
            for folder in folders:
                yield Landmark(name_defined_below(section, name, folder), defined)


def taken_landmarks(root: Cursor, origin: str) -> Iterator[Landmark]:
    """The other files that the file of an origin includes, or extends services of."""
    for place in _taken(root):
        file = _file(place, origin)
        if file is not None:
            yield Landmark(file_taken(file.path), file)


def _taken(root: Cursor) -> Iterator[Cursor]:
    """Where files are named: https://github.com/compose-spec/compose-spec/blob/main/14-include.md.

    And https://github.com/compose-spec/compose-spec/blob/main/05-services.md#extends.
    """
    for _, service in root["services"].entries():
        yield service["extends"]["file"]
    for item in root["include"].items():
        path = item["path"] if isinstance(item.node, Mapping) else item
        yield from path.items() if isinstance(path.node, Sequence) else (path,)


def _file(place: Cursor, origin: str) -> TakenFile | None:
    if not isinstance(place.node, Scalar) or not place.node.text:
        return None
    text = place.node.text
    path = interpolated(text, variables_of(place))
    if isinstance(path, Known):
        return TakenFile(place.span, beside(origin, path.value), known=True)
    written: list[str] = []
    for part in reversed(text.split("/")):
        if "$" in part or "}" in part or part == "..":
            break
        written.append(part)
    rest = "/".join(reversed([part for part in written if part not in ("", ".")]))
    return TakenFile(place.span, rest, known=False) if rest else None


def _names(service: ComposeService) -> Iterator[str]:
    yield service.name
    yield word(service.body["container_name"])
    for _, network in service.body["networks"].entries():
        yield from map(word, network["aliases"].items())
