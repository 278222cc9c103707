"""Questions about what is fetched without TLS."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import MANAGERS, manager_call
from imagelint.documents.queries.downloads import downloads, last_verification
from imagelint.documents.queries.packages.addresses import Plain, plain_at
from imagelint.documents.queries.packages.trust import WRITING, written_settings
from imagelint.documents.shell.script import ScriptRole
from imagelint.knowledge.packages.transport import PLAIN_SETTING, is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.packages.installs import PackageInstall
    from imagelint.documents.queries.packages.trust import Weakness
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command, Script

__all__ = ["plain_addresses", "plain_variable"]

_VARIABLES = frozenset(name for manager in MANAGERS for name in manager.index_variables) | {
    "HF_ENDPOINT"
}
_HEAD = ("-I", "--head", "--spider")
_NOWHERE = "/dev/null"
_PLAIN = "http://"
_REGISTRY = "--registry"
_SETTING = frozenset(("config", "c", "set", "env"))


def plain_variable(variable: EnvVar) -> list[Plain]:
    """Where a variable names an index or a hub that is asked over plain HTTP."""
    value = variable.value.value if isinstance(variable.value, Known) else ""
    if variable.name not in _VARIABLES:
        return []
    return list(_listed(variable.value_span, value))


def plain_addresses(node: Script) -> list[Plain]:
    """Where a script names what it fetches over plain HTTP."""
    if node.role is ScriptRole.HEALTHCHECK:
        return []
    verified = last_verification(node)
    found = [one for command in node.commands for one in _of_command(command, verified)]
    return found + list(_of_files(node))


def _of_files(script: Script) -> Iterator[Plain]:
    """`echo "registry=http://…" > ~/.npmrc`: what is written into a file, not what is printed."""
    if _PLAIN not in script.text:
        return
    into = {command.pipe for command in script.commands if command.program == "tee"}
    for command in script.commands:
        writes = command.pipe in into or any(">" in one.operator for one in command.redirects)
        if command.program in WRITING and (writes or command.program == "sed"):
            for setting in written_settings(command, PLAIN_SETTING):
                yield from _at_end(setting)


def _at_end(setting: Weakness) -> Iterator[Plain]:
    """The address with which a setting ends."""
    at = setting.text.rindex(_PLAIN)
    end = setting.span.end
    return plain_at(Span(end - len(setting.text) + at, end), setting.text[at:])


def _of_command(command: Command, verified: int) -> Iterator[Plain]:
    yield from _of_setting(command)
    for install in package_installs(command):
        if not install.ecosystem.is_system:
            yield from _of_install(install)
    found = downloads(command) if command.span.start >= verified else ()
    for download in () if found and command.has_flag(*_HEAD) else found:
        if not download.checked and download.output != _NOWHERE:
            yield from plain_at(download.span, download.url)


def _of_install(install: PackageInstall) -> Iterator[Plain]:
    for index in install.indexes:
        yield from plain_at(index.span, index.url)
    for option in install.options:
        if option.name == _REGISTRY and option.value:
            yield from plain_at(option.value.span, option.value.value)
    for package in install.packages:
        if not package.hashed:
            yield from plain_at(package.span, package.url)


def _of_setting(command: Command) -> Iterator[Plain]:
    """`npm config set registry http://…`, `poetry source add acme http://…`."""
    call = manager_call(command)
    if call is None or call.words.has("--remove", "-r"):
        return
    verb, named = call.words.verb(call.manager.index_verbs)
    for word in named if verb else ():
        yield from _listed(word.span, word.text)
    names = call.manager.index_settings
    words = call.words.operands if names else ()
    if not words or words[0].text not in _SETTING:
        return
    for before, word in pairwise(words):
        name, _, value = word.text.partition("=")
        if _last(name) in names:
            yield from _listed(word.span, value)
        elif _last(before.text) in names:
            yield from _listed(word.span, word.text)


def _last(name: str) -> str:
    """The name without its section (`global.index-url`) or scope (`@acme:registry`)."""
    return name.rpartition(".")[2].rpartition(":")[2]


def _listed(span: Span, addresses: str) -> Iterator[Plain]:
    """The place, where one of some addresses is of plain HTTP; those of GOPROXY have commas."""
    return plain_at(span, next(filter(is_plain, addresses.replace(",", " ").split()), ""))
