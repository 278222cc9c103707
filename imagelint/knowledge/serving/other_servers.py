"""What serves on accelerators and is no engine that has a table: other models, or none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.recognition import module_words
from imagelint.knowledge.serving.evidence import stands_in
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.knowledge.serving.forms import OtherServerRow


class OtherServer(NamedTuple):
    """A server without a table of its own; `models` tells whether models are what it serves.

    `routes` tells that it is an engine's own router, and shows metrics under the engine's names.
    """

    name: str
    title: str
    models: bool
    routes: bool = False


def other_server_named(*names: str) -> OtherServer | None:
    """The server whose word stands in the name of an image or of a container."""
    written = [name.lower() for name in names if name]
    found = [
        (len(word), server)
        for word, server in _words().items()
        if any(stands_in(word, name) for name in written)
    ]
    return max(found)[1] if found else None


def other_server_started(words: Sequence[str]) -> OtherServer | None:
    """The server that a command starts, `words[0]` being its program."""
    said = module_words(words)
    for row, server in _programs() if said else ():
        if said[: len(row)] == row:
            return server
    return None


class Gateway(NamedTuple):
    """What stands before servers; `asks` are the paths on which it asks all its models."""

    title: str
    asks: tuple[str, ...]
    alive: str


@looked_up
def gateway_of(registry: str, repository: str) -> Gateway | None:
    """The gateway that an image holds."""
    name = f"{registry}/{repository}".lower()
    for row in table("gateways")["gateways"]:
        if any(matches(name, glob) for glob in row["images"]):
            return Gateway(row["title"], tuple(row["asks"]), row["alive"])
    return None


def _server(row: OtherServerRow) -> OtherServer:
    return OtherServer(row["name"], row["title"], row["models"], row.get("routes", False))


@looked_up
def _words() -> Mapping[str, OtherServer]:
    return {
        word: _server(row) for row in table("other_servers")["servers"] for word in row["words"]
    }


@looked_up
def _programs() -> tuple[tuple[tuple[str, ...], OtherServer], ...]:
    return tuple(
        (tuple(words), _server(row))
        for row in table("other_servers")["servers"]
        for words in row["programs"]
    )
