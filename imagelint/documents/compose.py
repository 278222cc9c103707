"""Compose files: services with their images, variables, ports and surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.documents.base import Document
from imagelint.documents.yamldocument import read_stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.fact import Fact
    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Allowance, Complaint
    from imagelint.documents.cursor import Cursor
    from imagelint.documents.shared import EnvVar, ImageUse, Runtime


class PublishedPort(NamedTuple):
    """A port of a service that is published on the host.

    `host` is the address that it is bound to and absent for all addresses; `published` the port of
    the host, absent when Docker chooses, and text because it may be a range; `target` likewise the
    container's.
    """

    span: Span
    host: Fact[str]
    published: Fact[str]
    target: Fact[str]
    protocol: str
    path: str


class ComposeService(NamedTuple):
    """A service of a compose file. `span` is the key that names it.

    `builds` tells that its image is built here; `env` are the variables in source order and
    `env_complete` is false when others may be set (`env_file`, `extends`).
    """

    span: Span
    name: str
    body: Cursor
    image: ImageUse | None
    builds: bool
    env: tuple[EnvVar, ...]
    env_complete: bool
    ports: tuple[PublishedPort, ...]
    runtime: Runtime
    path: str

    def healthcheck(self, *keys: str) -> Cursor:
        """A place in the health check of the service."""
        return self.body.at("healthcheck", *keys)


class ComposeFile(Document):
    """The services of a compose file in source order."""

    kind = "compose"
    __slots__ = ("services",)

    def __init__(
        self,
        source: Source,
        services: tuple[ComposeService, ...],
        *,
        complaints: Iterable[Complaint] = (),
        allowances: Iterable[Allowance] = (),
    ) -> None:
        super().__init__(source, complaints=complaints, allowances=allowances)
        self.services = services


def parse_compose(source: Source) -> ComposeFile:
    """Read a compose file.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    read_stream(source)
    return ComposeFile(source, ())
