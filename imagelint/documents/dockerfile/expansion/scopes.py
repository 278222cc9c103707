"""Which variables have which values where: global ARG, and ARG and ENV of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.shared import EnvOrigin, EnvVar

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
PLATFORM_ARGUMENTS = tuple(
    f"{side}{what}"
    for side in ("BUILD", "TARGET")
    for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
)


class VariableScope:
    """The values at one point of a file; grows while the file is read.

    `otherwise` is what a variable is that nothing in sight sets: absent in the global scope and
    on `scratch`, unknown upon an outside image, which may set it.
    """

    __slots__ = ("_shared", "arguments", "environment", "otherwise", "values")

    def __init__(self, otherwise: Fact[str]) -> None:
        self.otherwise = otherwise
        self.values: dict[str, Fact[str]] = {}
        self.environment: dict[str, EnvVar] = {}
        self.arguments: dict[str, EnvVar] = {}
        self._shared = False

    def __call__(self, name: str, /) -> Fact[str]:
        """The value of a variable."""
        return self.values.get(name, self.otherwise)

    def child(self) -> VariableScope:
        """The scope of a stage that begins with this one; neither sees the other's changes."""
        child = VariableScope(self.otherwise)
        child.values, child.environment = self.values, self.environment
        child._shared = self._shared = True
        return child

    def add(self, variable: EnvVar, outer: VariableScope | None = None) -> None:
        """Take over what an ENV or ARG sets; `outer` is the global scope, None in itself."""
        if self._shared:
            self.values, self.environment = dict(self.values), dict(self.environment)
            self._shared = False
        if variable.origin is EnvOrigin.ENV:
            self.environment[variable.name] = variable
        elif outer is None:
            self.arguments[variable.name] = variable
        self.values[variable.name] = _value(variable, outer)


def _value(variable: EnvVar, outer: VariableScope | None) -> Fact[str]:
    if variable.value is not ABSENT:
        return variable.value
    inherited = outer.values.get(variable.name) if outer else None
    return inherited if isinstance(inherited, Known) else UNKNOWN


def global_scope() -> VariableScope:
    """The scope before the first FROM: the platforms are set, to what nobody knows."""
    scope = VariableScope(ABSENT)
    scope.values.update(dict.fromkeys(PLATFORM_ARGUMENTS, UNKNOWN))
    return scope


def stage_scope(*, scratch: bool) -> VariableScope:
    """The scope of a stage upon `scratch`, or upon an outside image."""
    return VariableScope(ABSENT if scratch else UNKNOWN)


def script_variables(scope: VariableScope) -> Mapping[str, Fact[str]]:
    """What is known to a RUN: a name that is not there is unknown."""
    return scope.values
