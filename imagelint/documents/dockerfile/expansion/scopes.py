"""Which variables have which values where: global ARG, and ARG and ENV of a stage."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

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


class _Setting(NamedTuple):
    """That a variable is set: where, to what, and whether it stays in the image."""

    position: int
    value: Fact[str]
    in_image: bool


class VariableScope:
    """The values at one point of a file; grows while the file is read.

    `otherwise` is what a variable is that nothing in sight sets: absent in the global scope and
    on `scratch`, unknown upon an outside image, which may set it.
    """

    __slots__ = ("_shared", "arguments", "base", "environment", "history", "otherwise", "values")

    def __init__(self, otherwise: Fact[str]) -> None:
        self.otherwise = otherwise
        self.values: dict[str, Fact[str]] = {}
        self.environment: dict[str, EnvVar] = {}
        self.arguments: dict[str, EnvVar] = {}
        self._shared = False
        self.base: VariableScope | None = None
        self.history: dict[str, list[_Setting]] = {}

    def __call__(self, name: str, /) -> Fact[str]:
        """The value of a variable."""
        return self.values.get(name, self.otherwise)

    def child(self) -> VariableScope:
        """The scope of a stage that begins with this one; neither sees the other's changes."""
        child = VariableScope(self.otherwise)
        child.values, child.environment = self.values, self.environment
        child._shared = self._shared = True
        child.base = self
        return child

    def value_before(self, name: str, position: int) -> Fact[str]:
        """The value of a variable, of ENV or ARG, at an offset in the text."""
        found = self._set_before(name, position, arguments=True)
        return self.otherwise if found is None else found

    def environment_before(self, name: str, position: int) -> Fact[str]:
        """The value of a variable of ENV at an offset in the text."""
        found = self._set_before(name, position, arguments=False)
        return self.otherwise if found is None else found

    def _set_before(self, name: str, position: int, *, arguments: bool) -> Fact[str] | None:
        scope: VariableScope | None = self
        while scope is not None:
            settings = scope.history.get(name, [])
            at = bisect_left(settings, position, key=lambda one: one.position)
            for setting in reversed(settings[:at]):
                if arguments or setting.in_image:
                    return setting.value
            scope = scope.base
        return None

    def add(self, variable: EnvVar, outer: VariableScope | None = None) -> None:
        """Take over what an ENV or ARG sets; `outer` is the global scope, None in itself."""
        if self._shared:
            self.values, self.environment = dict(self.values), dict(self.environment)
            self._shared = False
        if variable.origin is EnvOrigin.ENV:
            self.environment[variable.name] = variable
        elif outer is None:
            self.arguments[variable.name] = variable
        value = self.values[variable.name] = _value(variable, outer)
        setting = _Setting(variable.span.start, value, variable.origin is EnvOrigin.ENV)
        self.history.setdefault(variable.name, []).append(setting)


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
