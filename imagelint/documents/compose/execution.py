"""Where the scripts, variables and build arguments of a service stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.documents.execution import Phase, last_value, names_root

if TYPE_CHECKING:
    from imagelint.documents.shared import EnvVar


class ServicePlace:
    """A service, which runs its scripts whenever it starts."""

    __slots__ = ("_env", "_user")

    def __init__(self, user: Fact[str], env: tuple[EnvVar, ...]) -> None:
        self._user = user
        self._env = env

    def with_env(self, env: tuple[EnvVar, ...]) -> ServicePlace:
        """The same with further variables."""
        return ServicePlace(self._user, env)

    @property
    def phase(self) -> Phase:
        """At the start."""
        return Phase.START

    @property
    def title(self) -> str:
        """`service`."""
        return "service"

    @property
    def again(self) -> str:
        """The next start."""
        return "the next start"

    @property
    def shipped(self) -> bool:
        """What a service says runs."""
        return True

    @property
    def root(self) -> Fact[bool]:
        """Known only where the service names its user."""
        user = self._user
        if not isinstance(user, Known):
            return UNKNOWN
        return Known(names_root(user.value.partition(":")[0]), user.span)

    def setting(self, name: str) -> Fact[str]:
        """The service's own variable; what the image sets is unknown."""
        return last_value(((one.name, one.value) for one in self._env), name)

    def secret_advice(self, name: str) -> str:
        """A secret of compose, or the environment of whoever starts it."""
        return f"use `secrets:`, or take it from the environment: `${{{name}:?}}`"


class ServiceBuild:
    """The build of a service's image, which its arguments are handed to."""

    __slots__ = ()

    @property
    def phase(self) -> Phase:
        """When the image is built."""
        return Phase.BUILD

    @property
    def title(self) -> str:
        """`build`."""
        return "build"

    @property
    def again(self) -> str:
        """The next build."""
        return "the next build"

    @property
    def shipped(self) -> bool:
        """What it makes runs."""
        return True

    @property
    def root(self) -> Fact[bool]:
        """The Dockerfile says it."""
        return UNKNOWN

    def setting(self, name: str) -> Fact[str]:  # noqa: ARG002 - the same for all names
        """The Dockerfile says it."""
        return UNKNOWN

    def secret_advice(self, name: str) -> str:
        """A secret of the build, which a step mounts."""
        return f"list it under `build.secrets`, and mount it as `{name}` in the step that needs it"


SERVICE_BUILD = ServiceBuild()
