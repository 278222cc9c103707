"""Programs that serve what others wrote (`uvicorn app:app`), and where they listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.recognition import module_words
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.knowledge.web.forms import WebServerRow


class WebServerFacts(NamedTuple):
    """How a program is told where to listen; `default` is empty where that is on all addresses.

    `host` are the flags that take an address, `bind` those that take it with its port, `elsewhere`
    those by which it may come from a file or a socket, `variables` what sets it as well.
    """

    title: str
    host: tuple[str, ...]
    bind: tuple[str, ...]
    elsewhere: tuple[str, ...]
    variables: tuple[str, ...]
    default: str


def web_server_started(words: Sequence[str]) -> WebServerFacts | None:
    """The program that a command starts, `words[0]` being its own."""
    said = module_words(words[:8])
    key = said[1] if said[:1] == ("python",) and len(said) > 1 else said[0] if said else ""
    for row, facts in _by_program().get(key, ()):
        if said[: len(row)] == row:
            return facts
    return None


@looked_up
def _by_program() -> Mapping[str, list[tuple[tuple[str, ...], WebServerFacts]]]:
    """The first words of commands by the word that tells most."""
    found: dict[str, list[tuple[tuple[str, ...], WebServerFacts]]] = {}
    for row in table("web_servers")["servers"]:
        facts = _facts(row)
        for program in row["programs"]:
            key = program[1] if program[0] == "python" else program[0]
            found.setdefault(key, []).append((tuple(program), facts))
    return found


def _facts(row: WebServerRow) -> WebServerFacts:
    return WebServerFacts(
        row["title"],
        tuple(row["host"]),
        tuple(row["bind"]),
        tuple(row["elsewhere"]),
        tuple(row["variables"]),
        row["default"],
    )
