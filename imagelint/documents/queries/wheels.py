"""Questions about where Python wheels come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import start_of
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import MANAGERS
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.shared import EnvVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shell.script import Script

__all__ = ["wheel_indexes"]

_VARIABLES = frozenset(
    name
    for manager in MANAGERS
    if manager.ecosystem is Ecosystem.PYPI
    for name in manager.index_variables
)


def wheel_indexes(stage: Stage) -> Iterator[tuple[Span, str]]:
    """The indexes that a stage names itself, on command lines and in variables, each as written."""
    set_here = [one for name in _VARIABLES for one in stage.variables.get(name, ())]
    parts: list[EnvVar | Script] = [*stage.scripts, *set_here]
    for part in sorted(parts, key=start_of):
        if isinstance(part, EnvVar):
            yield from _of_variable(part)
        else:
            yield from _of_script(part)
            for command in part.commands:
                for variable in command.assignments:
                    yield from _of_variable(variable)


def _of_variable(variable: EnvVar) -> Iterator[tuple[Span, str]]:
    if variable.name in _VARIABLES and isinstance(variable.value, Known):
        yield from ((variable.value_span, part) for part in variable.value.value.split())


def _of_script(script: Script) -> Iterator[tuple[Span, str]]:
    for command in script.commands:
        for install in package_installs(command):
            for index in install.indexes:
                if isinstance(index.url, Known):
                    yield index.span, index.url.value
