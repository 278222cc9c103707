"""Which variables have which values where: global ARG, and ARG and ENV of a stage."""

from __future__ import annotations

from bisect import bisect_left
from operator import add
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.expansion.layers import Layers
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


class VariableHistory:
    """What was set where in a stage, and in the ones below it; `otherwise` as in the scope.

    It holds no variable: those know where they stand, and what they know leads here.
    """

    __slots__ = ("otherwise", "settings")

    def __init__(
        self, otherwise: Fact[str], settings: Layers[list[_Setting]] | None = None
    ) -> None:
        self.otherwise = otherwise
        self.settings = Layers[list[_Setting]](add) if settings is None else settings

    def above(self) -> VariableHistory:
        """The history of a stage that begins with this one."""
        return VariableHistory(self.otherwise, self.settings.above())

    def add(self, name: str, position: int, value: Fact[str], *, in_image: bool) -> None:
        """Note that a variable is set at an offset in the text; `in_image` is true for ENV."""
        setting = _Setting(position, value, in_image)
        own = self.settings.own(name)
        if own is None:
            self.settings[name] = [setting]
        else:
            own.append(setting)

    def value_before(self, name: str, position: int) -> Fact[str]:
        """The value of a variable, of ENV or ARG, at an offset in the text."""
        return self._set_before(name, position, arguments=True)

    def environment_before(self, name: str, position: int) -> Fact[str]:
        """The value of a variable of ENV at an offset in the text."""
        return self._set_before(name, position, arguments=False)

    def _set_before(self, name: str, position: int, *, arguments: bool) -> Fact[str]:
        for settings in self.settings.each(name):
            at = bisect_left(settings, position, key=lambda one: one.position)
            while at > 0:
                at -= 1
                if arguments or settings[at].in_image:
                    return settings[at].value
        return self.otherwise


class VariableScope:
    """The values at one point of a file; grows while the file is read.

    `otherwise` is what a variable is that nothing in sight sets: absent in the global scope and
    on `scratch`, unknown upon an outside image, which may set it.
    """

    __slots__ = ("arguments", "environment", "history", "otherwise", "values")

    def __init__(self, otherwise: Fact[str]) -> None:
        self.otherwise = otherwise
        self.values: Layers[Fact[str]] = Layers()
        self.environment: Layers[EnvVar] = Layers()
        self.arguments: dict[str, EnvVar] = {}
        self.history = VariableHistory(otherwise)

    def __call__(self, name: str, /) -> Fact[str]:
        """The value of a variable."""
        return self.values.get(name, self.otherwise)

    def child(self) -> VariableScope:
        """The scope of a stage that begins with this one; neither sees the other's changes."""
        child = VariableScope(self.otherwise)
        child.values, child.environment = self.values.above(), self.environment.above()
        child.history = self.history.above()
        return child

    def add(self, variable: EnvVar, outer: VariableScope | None = None) -> None:
        """Take over what an ENV or ARG sets; `outer` is the global scope, None in itself."""
        if variable.origin is EnvOrigin.ENV:
            self.environment[variable.name] = variable
        elif outer is None:
            self.arguments[variable.name] = variable
        value = self.values[variable.name] = _value(variable, outer)
        in_image = variable.origin is EnvOrigin.ENV
        self.history.add(variable.name, variable.span.start, value, in_image=in_image)


def _value(variable: EnvVar, outer: VariableScope | None) -> Fact[str]:
    if variable.value is not ABSENT:
        return variable.value
    inherited = outer.values.get(variable.name) if outer else None
    return inherited if isinstance(inherited, Known) else UNKNOWN


def global_scope() -> VariableScope:
    """The scope before the first FROM: the platforms are set, to what nobody knows."""
    scope = VariableScope(ABSENT)
    for name in PLATFORM_ARGUMENTS:
        scope.values[name] = UNKNOWN
    return scope


def stage_scope(*, scratch: bool) -> VariableScope:
    """The scope of a stage upon `scratch`, or upon an outside image."""
    return VariableScope(ABSENT if scratch else UNKNOWN)


def script_variables(scope: VariableScope) -> Mapping[str, Fact[str]]:
    """What is known to a RUN: a name that is not there is unknown."""
    return scope.values
