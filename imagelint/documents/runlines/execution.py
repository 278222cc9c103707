"""What the scripts and variables of a container that a line starts are a part of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.compose.execution import ServicePlace

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.documents.shared import EnvVar


class RunPlace(ServicePlace):
    """A container, which runs its scripts whenever it is started."""

    __slots__ = ("_advice",)

    def __init__(self, user: Fact[str], env: tuple[EnvVar, ...], advice: str) -> None:
        super().__init__(user, env)
        self._advice = advice

    @property
    def title(self) -> str:
        """`container`."""
        return "container"

    def with_env(self, env: tuple[EnvVar, ...]) -> RunPlace:
        """The same with further variables."""
        return RunPlace(self._user, env, self._advice)

    def secret_advice(self, name: str) -> str:
        """The environment of whoever runs the line."""
        return self._advice.format(name=name)
