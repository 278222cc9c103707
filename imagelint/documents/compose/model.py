"""The nodes of a compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.base import Allowance, Complaint, DocumentError, Node
    from imagelint.documents.builds import ImageBuild
    from imagelint.documents.compose.execution import ServicePlace
    from imagelint.documents.compose.words import CommandLine
    from imagelint.documents.parts import TextPart
    from imagelint.documents.runtime.field import Field
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.serving.imageconfig import ImageConfig
    from imagelint.documents.shared import EnvVar, ImageUse
    from imagelint.documents.shell.script import Script
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode


class Assembly(NamedTuple):
    """What became of a compose file: its services with all that belongs to them.

    `parts` are the texts of the other files that it is put together from, `asked` the names of all
    that were looked for. `first` tells that it is the first of the files that lie over each other,
    or the only one. `gaps` and `complaints` are about what it names and cannot be had,
    `allowances` those in the other files. `root` is all of it, None where it is not known to be;
    `tree` is what was found of it in any case.
    """

    services: tuple[tuple[str, Cursor], ...]
    parts: tuple[TextPart, ...] = ()
    first: bool = True
    gaps: tuple[DocumentError, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    asked: tuple[str, ...] = ()
    root: Cursor | None = None
    tree: Cursor | None = None


class ServiceWords(Protocol):
    """How the settings of a service are spelt where it is written, by the keys of compose."""

    @property
    def title(self) -> str:
        """What readers call it: `service`, `container`."""
        ...

    def key(self, key: str) -> str:
        """How a key is written."""
        ...

    def setting(self, key: str, value: str) -> str:
        """How a key is written with its value."""
        ...


class ComposeWords:
    """The keys of a compose file."""

    __slots__ = ()

    @property
    def title(self) -> str:
        """`service`."""
        return "service"

    def key(self, key: str) -> str:
        """The key."""
        return key

    def setting(self, key: str, value: str) -> str:
        """The key with its value; a colon in it needs quotes."""
        return f'{key}: "{value}"' if ":" in value else f"{key}: {value}"


COMPOSE_WORDS = ComposeWords()


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

    `build` says how its image is built, `arguments` are those of the build. `env` are the
    variables in source order and `env_complete` is false when others may be set (`env_file`,
    `extends`). `place` is what its scripts and variables are a part of, `config` that of its image
    where that is built in the run. `words` tell how its settings are spelt where it is written, and
    `started` is what it starts where no keys hold that: the line of a shell. `files` are the
    settings in files that its server reads, by their paths in the container, `scripts` those in
    mounted files that it runs, by the words which name them.
    """

    span: Span
    name: str
    body: Cursor
    image: ImageUse | None
    build: ImageBuild | None
    arguments: tuple[EnvVar, ...]
    env: tuple[EnvVar, ...]
    env_complete: bool
    ports: tuple[PublishedPort, ...]
    runtime: Runtime
    place: ServicePlace
    path: str
    config: ImageConfig | None = None
    words: ServiceWords = COMPOSE_WORDS
    started: CommandLine | None = None
    files: Mapping[str, YamlNode] = {}
    scripts: Mapping[str, Script] = {}

    @property
    def title(self) -> str:
        """What readers call it: `service`, `container`."""
        return self.words.title

    @property
    def builds(self) -> bool:
        """Whether its image is built here."""
        return self.build is not None

    @property
    def devices(self) -> tuple[Field[str], ...]:
        """The devices of the host that it is handed, each by its path there."""
        from imagelint.documents.compose.privileges import read_devices

        return read_devices(self.body)

    @property
    def takes_devices_otherwise(self) -> bool:
        """Whether devices may come by a runtime, by rules, or from another service."""
        from imagelint.documents.compose.privileges import takes_devices_otherwise

        return takes_devices_otherwise(self.body)

    @property
    def device_rules(self) -> tuple[Field[str], ...]:
        """What it may do with devices of the host that it makes nodes for: `c 195:* rmw`."""
        from imagelint.documents.compose.privileges import read_device_rules

        return read_device_rules(self.body)

    @property
    def joined_network(self) -> str:
        """Whose network it is in (`service:llm`, `container:llm`); empty where it has its own."""
        mode = self.body["network_mode"].word()
        return mode if ":" in mode else ""

    @property
    def own_networks(self) -> tuple[str, str]:
        """How others say that they are in its network."""
        container = self.body["container_name"].word() or self.name
        return f"service:{self.name}", f"container:{container}"

    @property
    def waits_for(self) -> tuple[tuple[str, Node], ...]:
        """The services that have to be healthy before it starts, with the place that says so."""
        from imagelint.documents.compose.probes import awaited

        return awaited(self.body)

    @property
    def says_check(self) -> bool:
        """Whether it says anything of how its health is asked for."""
        place = self.body["healthcheck"]
        return place.exists and not place.null

    @property
    def partial(self) -> bool:
        """Whether the rest of it stands where nobody has looked."""
        from imagelint.documents.compose.values import is_partial

        return is_partial(self.body)

    @property
    def shm_of_build(self) -> Node | None:
        """Where the size of `/dev/shm` in its build is written."""
        place = self.body.at("build", "shm_size")
        return place if place.exists else None

    def variable(self, name: str) -> EnvVar | None:
        """The variable of that name that counts, which is the last."""
        found = [variable for variable in self.env if variable.name == name]
        return found[-1] if found else None
