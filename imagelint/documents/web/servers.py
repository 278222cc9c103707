"""Programs that serve what others wrote (`uvicorn app:app`), in what a container starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known, value_or
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shell.script import Word
    from imagelint.knowledge.web.servers import WebServerFacts


_PORT = 8000
"""Where all of those listen that take an address with its port, when nobody says it."""


class Opened(NamedTuple):
    """What is written that lets others in: its place, as it reads, and what it does."""

    span: Span
    written: str
    does: str
    path: str = ""


class WebServer(NamedTuple):
    """A program that serves an application, and where it listens.

    `span` is its own word, `host` the address, with its place where it is written, `port` the port
    where that is told with it. `flag` is the flag that sets the address, with a port where it
    `binds`. `by_default` tells that nobody sets it, `variables` what might from outside. `opened`
    is what takes away what guards it; a `debugger` runs what it is told.
    """

    span: Span
    title: str
    launch: Launch
    host: Fact[str]
    port: Fact[int]
    flag: str
    binds: bool
    by_default: bool
    variables: tuple[str, ...]
    path: str = ""
    opened: tuple[Opened, ...] = ()
    debugger: bool = False

    def spelled(self, address: str) -> str:
        """How to tell it to listen on an address, with the port that it has.

        A `flag` with `{}` has its place there.
        """
        if "{}" in self.flag:
            return self.flag.format(address)
        port = f":{value_or(self.port, _PORT)}" if self.binds else ""
        return f"{self.flag} {address}{port}"


def web_servers(launch: Launch) -> Iterator[WebServer]:
    """Those programs among the commands that a container runs."""
    if not launch.argv and not launch.scripts:
        return
    from imagelint.documents.serving.invocation import commands
    from imagelint.knowledge.web.servers import web_server_started

    for words in commands(launch):
        facts = web_server_started([word.text for word in words[:8]])
        if facts is not None:
            yield _read(words, facts, launch)


def _read(words: tuple[Word, ...], facts: WebServerFacts, launch: Launch) -> WebServer:
    host, by_default = _told(words, facts), False
    if host is None:
        host = _by_variable(facts, launch)
    if host is None:
        by_default = True
        host = Known(facts.default) if facts.default and launch.complete else UNKNOWN
    told, port = _split(host)
    flags = facts.host or facts.bind
    return WebServer(
        span=words[0].span,
        title=facts.title,
        launch=launch,
        host=told,
        port=port,
        flag=flags[0],
        binds=not facts.host,
        by_default=by_default,
        variables=facts.variables,
        path=launch.path,
        opened=tuple(_opened(words, facts, launch)),
        debugger=facts.debugger,
    )


def _opened(words: tuple[Word, ...], facts: WebServerFacts, launch: Launch) -> Iterator[Opened]:
    """What takes away what guards it, by its flags and the container's variables."""
    said = [word.text.partition("=") for word in words]
    for opening in facts.openings:
        if any(name in opening.unless and _bare(value) for name, _, value in said):
            continue
        for at, (name, equals, value) in enumerate(said):
            if name not in opening.flags:
                continue
            behind = words[at + 1].text if at + 1 < len(words) else _NOTHING
            if not opening.values or _bare(value if equals else behind) in opening.values:
                yield Opened(words[at].span, words[at].text, opening.does, launch.path)
        variable = next((one for one in reversed(launch.env) if one.name == opening.variable), None)
        if variable is not None and value_or(variable.value, _NOTHING) in opening.values:
            yield Opened(variable.span, variable.name, opening.does, variable.path)


_NOTHING = "-"
"""Of a value that is not there, or not known: no opening has it."""


def _bare(value: str) -> str:
    """A value without the quotation marks that its program takes away."""
    return value.strip("'\"")


def _told(words: tuple[Word, ...], facts: WebServerFacts) -> Fact[str] | None:
    """What the words say, unknown where a file, a socket or a variable may; None for nothing."""
    from imagelint.documents.serving.switches import settled

    found: Fact[str] | None = None
    for at, word in enumerate(words[1:], start=1):
        if not isinstance(word.value, Known):
            found = found or UNKNOWN  # it may hold any flag, and be split
            continue
        name, equals, value = word.text.partition("=")
        if name in facts.elsewhere:
            return UNKNOWN
        if name not in (*facts.host, *facts.bind):
            continue
        if found is not None:
            return UNKNOWN  # several, of which any may be the one that counts
        if equals:
            found = Known(value, word.span)
        elif at + 1 < len(words):
            found = settled(words[at + 1].value, words[at + 1].span)
        else:
            found = UNKNOWN
    return found


def _by_variable(facts: WebServerFacts, launch: Launch) -> Fact[str] | None:
    """What a variable says, unknown where one may come from elsewhere; None for nothing."""
    if any(name in text for name in facts.variables for text in launch.written):
        return UNKNOWN  # a script may set it on its way
    from imagelint.documents.serving.switches import settled

    for variable in reversed(launch.env):
        if variable.name in facts.variables:
            return settled(variable.value, variable.value_span)
    outside = bool(facts.variables) and not launch.env_complete
    # What an image is built upon says nothing about the programs of others.
    return UNKNOWN if outside and launch.runtime.kind != "image" else None


def _split(host: Fact[str]) -> tuple[Fact[str], Fact[int]]:
    """An address without its port, and that."""
    text = value_or(host, "")
    address, colon, port = text.rpartition(":")
    if not isinstance(host, Known) or not colon or not port.isdecimal() or "/" in text:
        return host, UNKNOWN
    return Known(address, host.span), Known(int(port[:9]), host.span)
