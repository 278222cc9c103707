"""Programs that serve what others wrote (`uvicorn app:app`), and where they listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.recognition import module_words
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imagelint.knowledge.web.forms import WebServerRow


class WebServerFacts(NamedTuple):
    """How a program is told where to listen; `default` is empty where that is on all addresses.

    `host` are the flags that take an address, `bind` those that take it with its port, `elsewhere`
    those by which it may come from a file or a socket, `variables` what sets it as well. A
    `debugger` runs what it is told; `openings` are what takes away what guards another.
    """

    title: str
    host: tuple[str, ...]
    bind: tuple[str, ...]
    elsewhere: tuple[str, ...]
    variables: tuple[str, ...]
    default: str
    openings: tuple[Opening, ...] = ()
    debugger: bool = False


class Opening(NamedTuple):
    """What takes away the login of a program, or opens a console in it.

    One of the `flags` with one of the `values` (alone where there are none), or the `variable` with
    one of them, unless one of the flags in `unless` has a value.
    """

    flags: tuple[str, ...]
    values: tuple[str, ...]
    variable: str
    unless: tuple[str, ...]
    does: str


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
    known = table("web_servers")
    rows = [(row, _facts(row)) for row in known["servers"]]
    rows += [(row, _facts(row)._replace(debugger=True)) for row in known["debuggers"]]
    for row, facts in rows:
        for program in row["programs"]:
            key = program[1] if program[0] == "python" else program[0]
            found.setdefault(key, []).append((tuple(program), facts))
    return found


def _facts(row: WebServerRow) -> WebServerFacts:
    return WebServerFacts(
        title=row["title"],
        host=tuple(row["host"]),
        bind=tuple(row["bind"]),
        elsewhere=tuple(row["elsewhere"]),
        variables=tuple(row["variables"]),
        default=row["default"],
        openings=tuple(_openings(row["title"])),
    )


def _openings(title: str) -> Iterator[Opening]:
    for row in table("web_servers")["openings"]:
        if row["title"] == title:
            yield Opening(
                flags=tuple(row["flags"]),
                values=tuple(row["values"]),
                variable=row["variable"],
                unless=tuple(row["unless"]),
                does=row["does"],
            )
