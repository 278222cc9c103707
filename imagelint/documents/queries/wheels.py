"""Questions about where Python wheels come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import MANAGERS
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shared import EnvVar
from imagelint.documents.shell.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage

__all__ = ["wheel_indexes"]

_VARIABLES = frozenset(
    name
    for manager in MANAGERS
    if manager.ecosystem is Ecosystem.PYPI
    for name in manager.index_variables
)


def wheel_indexes(document: Document, stage: Stage) -> Iterator[tuple[Span, str]]:
    """The indexes that a stage names itself, on command lines and in variables, each as written."""
    for node in document.walk():
        if not isinstance(node, EnvVar | Script):
            continue
        inside = enclosing_stage(document, node.span)
        if inside is None or inside.index != stage.index:
            continue
        if isinstance(node, Script):
            yield from _of_script(node)
        elif node.name in _VARIABLES and isinstance(node.value, Known):
            yield from ((node.value_span, part) for part in node.value.value.split())


def _of_script(script: Script) -> Iterator[tuple[Span, str]]:
    for command in script.commands:
        for install in package_installs(command):
            for index in install.indexes:
                if isinstance(index.url, Known):
                    yield index.span, index.url.value
