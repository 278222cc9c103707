"""Questions about what a command asks a server for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.packages.options import sort_words
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.downloadvalues import CURL_VALUES, WGET_VALUES
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import base_name, is_cluster, shell_text
from imagelint.documents.shell.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.shell.script import Word

_ADDRESS = pattern(r"(?:[a-z]+://)?[^/?#]*(/[^?#]*)")  # the host may be a variable
# In code: an address, or a path that begins a string or follows a value within one.
_IN_CODE = pattern(r"(?:[a-z]+://[^/\s\"'`]+|[\"'`}])(/[^\s\"'`?#)]*)")
_REQUEST_LINE = pattern(r"\b(?:GET|POST|PUT|PATCH|DELETE) (?:[a-z]+://[^/\s]+)?(/[^\s?#]*)")
_URL = pattern(
    r"(?:([a-z]+)://)?(?:[^@/?#]*@)?(\[[^\]]*\]|[^\[:/?#]*)(?::([^/?#]*))?(?:(/[^?#]*))?.*"
)
_URL_IN_CODE = pattern(r"https?://[^\s\"'`)\\,;]+")
_DEVICE = pattern(r"/dev/tcp/([^/\s]+)/([^\s'\"()&|;]+)")
_CODE = pattern(r"(?:python|node|nodejs|perl|ruby|php|deno|bun)[\d.]*")
_LOCAL = frozenset({"localhost", "0.0.0.0", "::1", "::"})  # noqa: S104 - compared with
_HTTPIE = frozenset({"http", "https", "xh", "xhs"})
_HTTPIE_SECURED = frozenset({"https", "xhs"})
# https://httpie.io/docs/cli: options with a value, and what may stand before the address.
_HTTPIE_VALUES = frozenset(
    (
        *("--timeout", "--verify", "--session", "--session-read-only", "--auth", "-a", "--print"),
        *("-p", "--auth-type", "-A", "--output", "-o", "--pretty", "--style", "-s", "--proxy"),
        *("--max-redirects", "--max-headers", "--cert", "--cert-key", "--ssl", "--default-scheme"),
    )
)
_METHOD = pattern(r"[A-Za-z]+")
_NETCAT = frozenset({"nc", "ncat", "netcat"})
# github.com/grpc-ecosystem/grpc-health-probe: `-addr=:8000`, as of any program in Go.
_GRPC_PROBE = frozenset({"grpc_health_probe", "grpc-health-probe"})
_CONNECT_IN_CODE = pattern(r"connect(?:_ex|ion)?\(\(?[\"']([^\"']{1,99})[\"'], ?(\d{1,5})\b")


class Address(NamedTuple):
    """Whom a command asks over the network: `text` is what is written, or a part of it.

    `path` is without its query, and empty for a connection alone, as `scheme` is: `http`, `https`.
    """

    text: str
    host: str
    port: Fact[int]
    path: str
    scheme: str = ""

    @property
    def is_local(self) -> bool:
        """Whether the container asks itself."""
        host = self.host.strip("[]").lower()
        return host in _LOCAL or host.startswith("127.")


def addresses(words: tuple[Word, ...], *, in_shell: bool) -> Iterator[Address]:
    """Whom a command asks over HTTP, or only for a connection; `in_shell` as below."""
    text, commands = _read(words, in_shell=in_shell)
    for command in commands:
        yield from _asked_by(command)
    for host, port in _DEVICE.findall(text):
        yield Address(f"{host}/{port}", host, _port(port), "")


def _asked_by(words: tuple[Word, ...]) -> Iterator[Address]:
    program, arguments = base_name(words[0].text), words[1:]
    if program == "curl":
        found = sort_words(arguments, CURL_VALUES)
        yield from map(_address, (*found.operands, *found.values("--url")))
    elif program == "wget":
        yield from map(_address, sort_words(arguments, WGET_VALUES).operands)
    elif program in _HTTPIE:
        secured = program in _HTTPIE_SECURED
        for word in _of_httpie(arguments):
            yield _address_of_httpie(word, secured=secured)
    elif program in _GRPC_PROBE:
        yield from _of_grpc_probe(arguments)
    elif program in _NETCAT:
        yield from _of_netcat(arguments)
    elif _CODE.fullmatch(program):
        yield from _of_code(arguments)


def _of_netcat(arguments: tuple[Word, ...]) -> Iterator[Address]:
    bare = [word.text for word in arguments if word.text[:1] != "-"]
    if len(bare) == 2:  # noqa: PLR2004 - a host and a port
        yield Address(bare[1], bare[0], _port(bare[1]), "")


def _of_code(arguments: tuple[Word, ...]) -> Iterator[Address]:
    for word in arguments:
        yield from map(_address_in, _URL_IN_CODE.findall(word.text))
        for host, port in _CONNECT_IN_CODE.findall(word.text):
            yield Address(port, host, _port(port), "")


def _of_httpie(arguments: tuple[Word, ...]) -> tuple[Word, ...]:
    """The address of `http [METHOD] ADDRESS [ITEM …]`, alone."""
    operands = sort_words(arguments, _HTTPIE_VALUES).operands
    at = 1 if len(operands) > 1 and _METHOD.fullmatch(operands[0].text) else 0
    return operands[at : at + 1]


def _address_of_httpie(word: Word, *, secured: bool) -> Address:
    """An address that may leave out the host, and the scheme: `:8000/health`."""
    text = word.text
    whole = f"localhost{text}" if text[:1] == ":" else text
    if secured and "://" not in whole:
        whole = f"https://{whole}"
    return _address_in(whole)._replace(text=text)


def _of_grpc_probe(arguments: tuple[Word, ...]) -> Iterator[Address]:
    for word, behind in zip(arguments, (*arguments[1:], None), strict=True):
        name, equals, text = word.text.partition("=")
        if name in ("-addr", "--addr") and (equals or behind is not None):
            host, _, port = (text if equals or behind is None else behind.text).rpartition(":")
            yield Address(port, host or "localhost", _port(port), "")


def _address(word: Word) -> Address:
    return _address_in(word.text.strip("\"'"))


def _address_in(text: str) -> Address:
    match = _URL.match(text)
    scheme, host, port, path = match.groups() if match else ("", "", "", "")
    default = 443 if scheme == "https" else 80
    number = _port(port) if port else Known(default)
    return Address(text, host or "", number, path or "/", scheme or "http")


def _port(text: str) -> Fact[int]:
    number = parse_count(text)
    return UNKNOWN if number is None else Known(number)


def requested_paths(words: tuple[Word, ...], *, in_shell: bool) -> Iterator[str]:
    """The paths that a command asks a server for over HTTP, without queries.

    Those of curl, wget and HTTPie, in code for an interpreter, and in requests that are written
    out (for `nc`). `in_shell` tells that the first word is a script.
    """
    text, commands = _read(words, in_shell=in_shell)
    for command in commands:
        yield from _of_command(command)
    yield from (match[1] for match in _REQUEST_LINE.finditer(text))


def only_connects(words: tuple[Word, ...], *, in_shell: bool) -> bool:
    """Whether a command asks for nothing but a connection: `nc -z localhost 8000`."""
    _, commands = _read(words, in_shell=in_shell)
    return any(
        base_name(command[0].text) in _NETCAT
        and any(is_cluster(word.text) and "z" in word.text for word in command[1:])
        for command in commands
    )


def commands_run(words: tuple[Word, ...], *, in_shell: bool) -> tuple[tuple[Word, ...], ...]:
    """The words of the commands that a check runs; of a shell itself, and of its script."""
    bare = () if in_shell else words[unwrap(words).start :]
    _, commands = _read(words, in_shell=in_shell)
    return (*((bare,) if bare else ()), *commands)


def _read(words: tuple[Word, ...], *, in_shell: bool) -> tuple[str, list[tuple[Word, ...]]]:
    """The script that is run, empty without one, and the words of every command."""
    if not words:
        return "", []
    bare = words[unwrap(words).start :]
    found = shell_text(bare)
    if not in_shell and found is None:
        return "", [bare] if bare else []
    script = words[0] if in_shell or found is None else bare[found.at]
    text = script.text
    from imagelint.documents.shell.read import read_script

    commands = read_script(text, Span(0, len(text)), ScriptRole.HEALTHCHECK).commands
    return text, [command.words for command in commands if command.words]


def _of_command(words: tuple[Word, ...]) -> Iterator[str]:
    program, arguments = base_name(words[0].text), words[1:]
    if program == "curl":
        found = sort_words(arguments, CURL_VALUES)
        if not found.has("-I", "--head"):
            yield from _paths((*found.operands, *found.values("--url")))
    elif program == "wget":
        found = sort_words(arguments, WGET_VALUES)
        if not found.has("--spider"):
            yield from _paths(found.operands)
    elif program in _HTTPIE:
        yield from _paths(word for word in arguments if word.text[:1] != "-")
    elif _CODE.fullmatch(program):
        for word in arguments:
            yield from (match[1] for match in _IN_CODE.finditer(word.text))


def _paths(addresses: Iterable[Word]) -> Iterator[str]:
    for word in addresses:
        match = _ADDRESS.match(word.text.strip("\"'"))
        if match is not None:
            yield match[1]
