"""Where the scripts and variables of a Dockerfile stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.execution import Phase

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.documents.dockerfile.expansion.scopes import VariableHistory


class BuildStep(NamedTuple):
    """An instruction that is run when the image is built.

    `shipped` tells whether its layer ends up in the final stage, `position` its offset in the text:
    variables count that are set before it.
    """

    shipped: bool
    root: Fact[bool]
    variables: VariableHistory
    position: int

    @property
    def phase(self) -> Phase:
        """When the image is built."""
        return Phase.BUILD

    @property
    def title(self) -> str:
        """`build step`."""
        return "build step"

    @property
    def again(self) -> str:
        """The next build."""
        return "the next build"

    def setting(self, name: str) -> Fact[str]:
        """The variable, ENV or ARG, in force at the step."""
        return self.variables.value_before(name, self.position)

    def secret_advice(self, name: str) -> str:
        """A mount, which leaves nothing in the layer."""
        mount = f"RUN --mount=type=secret,id=…,env={name} …"
        return f"give it to the step that needs it: `{mount}`"


class ImageStart(NamedTuple):
    """An instruction that says what a container of the image runs: CMD, ENTRYPOINT, HEALTHCHECK."""

    shipped: bool
    root: Fact[bool]
    variables: VariableHistory
    position: int

    @property
    def phase(self) -> Phase:
        """When a container starts."""
        return Phase.START

    @property
    def title(self) -> str:
        """`image`."""
        return "image"

    @property
    def again(self) -> str:
        """The next start."""
        return "the next start"

    def setting(self, name: str) -> Fact[str]:
        """The variable of ENV in force there; ARG is gone by then, and others may set more."""
        return self.variables.environment_before(name, self.position)

    def secret_advice(self, name: str) -> str:
        """Whoever starts it has it."""
        return f"give `{name}` to the container when it starts"
