"""Questions about what is fetched without TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import MANAGERS
from imagelint.documents.queries.downloads import downloads, last_verification
from imagelint.documents.shell.script import Script, ScriptRole
from imagelint.knowledge.packages.transport import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.packages.installs import PackageInstall
    from imagelint.documents.packages.requirements import Requirements
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command

__all__ = ["Plain", "plain_addresses", "plain_variable"]

_VARIABLES = frozenset(name for manager in MANAGERS for name in manager.index_variables) | {
    "HF_ENDPOINT"
}
_HEAD = ("-I", "--head", "--spider")
_NOWHERE = "/dev/null"
_REGISTRY = "--registry"
_SCHEME = "http"


class Plain(NamedTuple):
    """Where something is named that is fetched over plain HTTP, and from which host."""

    span: Span
    host: str


def plain_variable(variable: EnvVar) -> list[Plain]:
    """Where a variable names an index or a hub that is asked over plain HTTP."""
    value = variable.value.value if isinstance(variable.value, Known) else ""
    if variable.name not in _VARIABLES:
        return []
    return list(_plain(variable.value_span, next(filter(is_plain, value.split()), "")))


def plain_addresses(node: Script | Requirements) -> list[Plain]:
    """Where a script or a requirements file names what it fetches over plain HTTP."""
    if not isinstance(node, Script):
        found = [one for index in node.indexes for one in _plain(index.span, index.url)]
        packages = (one for one in node.packages if not one.hashed)
        return found + [one for package in packages for one in _plain(package.span, package.url)]
    if node.role is ScriptRole.HEALTHCHECK:
        return []
    verified = last_verification(node)
    return [one for command in node.commands for one in _of_command(command, verified)]


def _of_command(command: Command, verified: int) -> Iterator[Plain]:
    for install in package_installs(command):
        if not install.ecosystem.is_system:
            yield from _of_install(install)
    if command.span.start < verified or command.has_flag(*_HEAD):
        return
    for download in downloads(command):
        if not download.checked and download.output != _NOWHERE:
            yield from _plain(download.span, download.url)


def _of_install(install: PackageInstall) -> Iterator[Plain]:
    for index in install.indexes:
        yield from _plain(index.span, index.url)
    for option in install.options:
        if option.name == _REGISTRY and option.value:
            yield from _plain(option.value.span, option.value.value)
    for package in install.packages:
        if not package.hashed:
            yield from _plain(package.span, package.url)


def _plain(span: Span, url: Fact[str] | str) -> Iterator[Plain]:
    text = url if isinstance(url, str) else value_or(url, "")
    text = text[text.find("://") - len(_SCHEME) :] if _SCHEME in text else text
    if is_plain(text):
        yield Plain(span, text.partition("://")[2].partition("/")[0].rpartition("@")[2])
