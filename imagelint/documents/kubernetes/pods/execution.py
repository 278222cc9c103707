"""Where the scripts and variables of a container stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.documents.execution import Phase, last_value, names_root
from imagelint.documents.kubernetes.pods.privileges import read_privileges

if TYPE_CHECKING:
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.yaml.cursor import Cursor


class ContainerPlace:
    """A container of a pod, which runs its scripts whenever it starts."""

    __slots__ = ("_body", "_env", "_spec")

    def __init__(self, body: Cursor, spec: Cursor, env: tuple[EnvVar, ...]) -> None:
        self._body = body
        self._spec = spec
        self._env = env

    @property
    def phase(self) -> Phase:
        """At the start."""
        return Phase.START

    @property
    def title(self) -> str:
        """`pod`."""
        return "pod"

    @property
    def again(self) -> str:
        """The next start."""
        return "the next start"

    @property
    def shipped(self) -> bool:
        """What a pod says runs."""
        return True

    @property
    def root(self) -> Fact[bool]:
        """Known only where the pod says so itself."""
        privileges = read_privileges(self._body, self._spec)
        user = privileges.user.value
        if isinstance(user, Known):
            return Known(names_root(user.value), user.span)
        if privileges.non_root.on:
            return Known(value=False, span=privileges.non_root.span)
        return UNKNOWN

    def setting(self, name: str) -> Fact[str]:
        """The container's own variable; what the image sets is unknown."""
        return last_value(((one.name, one.value) for one in self._env), name)

    def secret_advice(self, name: str) -> str:  # noqa: ARG002 - the same for all names
        """A Secret."""
        return "keep it in a Secret: `valueFrom: {secretKeyRef: {name: …, key: …}}`"
