"""Where a script, a command or a variable stands: in what, when it runs, and as whom."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from imagelint.core.fact import UNKNOWN, Fact
from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable


# What Go's Atoi makes a zero of, by which engines read a user's number:
# https://github.com/moby/sys/blob/main/user/user.go
_ZERO = pattern(r"[+-]?0+")


def names_root(user: str) -> bool:
    """Whether a user, written without a group, is root: by name or by any form of its number."""
    return user == "root" or _ZERO.fullmatch(user) is not None


class Phase(Enum):
    """When something runs."""

    BUILD = "build"  # once, and what it leaves is a layer of an image
    START = "start"  # whenever a container starts, and what it leaves ends with it
    STEP = "step"  # once in a pipeline, on a machine that is thrown away
    UNKNOWN = "unknown"


class ExecutionPlace(Protocol):
    """What a script, a command or a variable is a part of.

    Each kind of document that runs commands has implementations; rules take their words from here.
    """

    @property
    def phase(self) -> Phase:
        """When it runs."""
        ...

    @property
    def title(self) -> str:
        """What readers call it: `build step`, `pod`, `service`."""
        ...

    @property
    def again(self) -> str:
        """When it runs the next time: `the next build`, `the next start`."""
        ...

    @property
    def shipped(self) -> bool:
        """Whether it has a part in what is shipped or runs; stages that are dropped have none."""
        ...

    @property
    def root(self) -> Fact[bool]:
        """Whether it runs as root; unknown where an image decides."""
        ...

    def setting(self, name: str) -> Fact[str]:
        """The environment variable in force; absent only if nothing, not even an image, sets it."""
        ...

    def secret_advice(self, name: str) -> str:
        """How a secret is handed over there, as the variable of that name."""
        ...


class UnknownPlace:
    """A place about which nothing is known."""

    __slots__ = ()

    @property
    def phase(self) -> Phase:
        """Nobody knows when."""
        return Phase.UNKNOWN

    @property
    def title(self) -> str:
        """A word that fits everything."""
        return "script"

    @property
    def again(self) -> str:
        """The next time."""
        return "the next run"

    @property
    def shipped(self) -> bool:
        """It counts as long as nobody says that it does not."""
        return True

    @property
    def root(self) -> Fact[bool]:
        """Nobody knows as whom."""
        return UNKNOWN

    def setting(self, name: str) -> Fact[str]:  # noqa: ARG002 - the same for all names
        """Nobody knows what is set."""
        return UNKNOWN

    def secret_advice(self, name: str) -> str:
        """What holds everywhere."""
        return f"hand `{name}` over when it is needed"


UNKNOWN_PLACE = UnknownPlace()


def last_value(settings: Iterable[tuple[str, Fact[str]]], name: str) -> Fact[str]:
    """The value of the last setting of that name; unknown without one: the image may have it."""
    found: Fact[str] = UNKNOWN
    for other, value in settings:
        if other == name:
            found = value
    return found
