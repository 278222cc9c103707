"""Questions about what is fetched without TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import MANAGERS
from imagelint.documents.queries.downloads import downloads, last_verification
from imagelint.documents.queries.packages.addresses import Plain, plain_at
from imagelint.documents.shell.script import ScriptRole
from imagelint.knowledge.packages.transport import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.packages.installs import PackageInstall
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command, Script

__all__ = ["plain_addresses", "plain_variable"]

_VARIABLES = frozenset(name for manager in MANAGERS for name in manager.index_variables) | {
    "HF_ENDPOINT"
}
_HEAD = ("-I", "--head", "--spider")
_NOWHERE = "/dev/null"
_REGISTRY = "--registry"


def plain_variable(variable: EnvVar) -> list[Plain]:
    """Where a variable names an index or a hub that is asked over plain HTTP."""
    value = variable.value.value if isinstance(variable.value, Known) else ""
    if variable.name not in _VARIABLES:
        return []
    return list(plain_at(variable.value_span, next(filter(is_plain, value.split()), "")))


def plain_addresses(node: Script) -> list[Plain]:
    """Where a script names what it fetches over plain HTTP."""
    if node.role is ScriptRole.HEALTHCHECK:
        return []
    verified = last_verification(node)
    return [one for command in node.commands for one in _of_command(command, verified)]


def _of_command(command: Command, verified: int) -> Iterator[Plain]:
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
