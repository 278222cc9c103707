"""Documents that say which services are started: compose files, and files with lines that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.base import Document
from imagelint.documents.builds import frontend_given
from imagelint.documents.compose.values import is_set
from imagelint.documents.shared import CommandLine
from imagelint.documents.yaml.nodes import Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from imagelint.documents.base import Node
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.parts import Attachments
    from imagelint.documents.shared import ImageUse

# What stands beside the name of a file of settings: flags, variables, programs.
_NAMES_A_FILE = pattern(
    r"config|extra_llm_api|models-preset|MODELS_PRESET|\bserve[\s\"',\[\]-]{1,9}run\b"
)


class ServiceFile(Document):
    """A document with services in source order."""

    __slots__ = ("services",)

    services: tuple[ComposeService, ...]

    def nodes(self) -> Iterator[Node]:
        """Each service, and what stands in it."""
        for service in self.services:
            yield service
            yield from self.unknown_words(service)
            if service.image is not None:
                yield service.image
            for argument in service.arguments:
                yield argument
                frontend = frontend_given(argument)
                if frontend is not None:
                    yield frontend
            yield from service.env
            yield from service.ports
            yield from _command_lines(service)
            yield from _joined(service)
            yield from _checks(service)
            yield from _started(service)

    def unknown_words(self, service: ComposeService) -> Iterable[Node]:  # noqa: ARG002 - of a kind
        """The words of a service that its fields do not take."""
        return ()

    def with_services(self, services: tuple[ComposeService, ...], attachments: Attachments) -> Self:
        """The file with other services in the places of its own, and places in further texts."""
        made = self.attach(attachments)
        made.services = services
        return made


def _command_lines(service: ComposeService) -> Iterator[CommandLine]:
    if service.started is not None:
        span = service.started.span
        if span is not None:
            yield CommandLine(span, service.name, service.place, service.path)
        return
    for place in (service.body["entrypoint"], service.body["command"]):
        if place.exists:
            yield CommandLine(place.span, service.name, service.place, place.path)


def _joined(service: ComposeService) -> Iterator[Node]:
    """The commands of a service that are one word."""
    entry, command = service.body["entrypoint"], service.body["command"]
    if not isinstance((entry if entry.exists else command).node, Sequence):
        return
    from imagelint.documents.runtime.oneword import is_official, joined_item

    yield from joined_item(entry)
    if not entry.exists and not service.builds and is_official(service.image):
        yield from joined_item(command)


def _checks(service: ComposeService) -> Iterator[Node]:
    """The service's own health check: that of an image is told about where the image is built."""
    if not is_set(service.body["healthcheck"]):
        return
    from imagelint.documents.compose.probes import read_probes
    from imagelint.documents.runtime.probe import check_command

    probe = read_probes(service.body).liveness
    config = service.config
    image: ImageUse | None = service.image
    brings: frozenset[str] | None = frozenset()
    if service.builds:
        image, brings = (None, None) if config is None else (config.base, config.brings)
    if isinstance(probe, Known):
        check = check_command(probe.value, service.name, image, brings, built=service.builds)
        if check is not None:
            yield check


def _started(service: ComposeService) -> Iterator[Node]:
    from imagelint.documents.compose.launching import launch, scripts, words_started
    from imagelint.documents.serving.reading import started_servers

    # Both of them take the words apart.
    service = service._replace(started=words_started(service))
    for script in scripts(service):
        yield script
        yield from script.commands
    yield from started_servers(launch(service))


def may_read_settings(text: str) -> bool:
    """Whether a server may be told to read a file of settings: few are."""
    return _NAMES_A_FILE.search(text) is not None
