"""How a development container is told something, and where that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.runlines.body import RunCursor, flag_of
from imagelint.documents.runlines.execution import RunPlace
from imagelint.documents.runlines.platform import RunPlatform, RunWords
from imagelint.documents.runtime.field import Place, Proposal
from imagelint.documents.yaml.cursor import next_item

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.probe import Probe
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.yaml.cursor import Cursor

HANDED_OVER = "write `${{localEnv:{name}}}`, and set it where the editor runs"
"""The advice how a secret is handed over as a variable."""
# What a service calls otherwise, by the keys of the file.
_KEYS = {
    "image": "image",
    "environment": "containerEnv",
    "privileged": "privileged",
    "init": "init",
    "cap_add": "capAdd",
    "security_opt": "securityOpt",
    "user": "containerUser",
    "volumes": "mounts",
}


class DevCursor(RunCursor):
    """A place in the body of a container, by the key of the file that says it: `capAdd[0]`."""

    __slots__ = ()

    @property
    def path(self) -> str:
        """The key of the file, or the flag among `runArgs`."""
        keys: list[str] = []
        place: Cursor = self
        while place.parent is not None:
            keys.append(place.key)
            place = place.parent
        if not keys:
            return ""
        first = _KEYS.get(keys[-1]) or f"runArgs --{flag_of(keys[-1])}"
        return ".".join((first, *reversed(keys[:-1]))).replace(".[", "[")


class DevPlace(RunPlace):
    """A development container, which nobody ships."""

    __slots__ = ()

    @property
    def title(self) -> str:
        """`development container`."""
        return "development container"

    @property
    def shipped(self) -> bool:
        """It runs where somebody works."""
        return False

    def with_env(self, env: tuple[EnvVar, ...]) -> DevPlace:
        """The same with further variables."""
        return DevPlace(self._user, env, self._advice)


class DevPlatform(RunPlatform):
    """A container that an editor starts; `body` are its keys and the flags among `runArgs`."""

    __slots__ = ()

    @property
    def joined_flags(self) -> tuple[tuple[Node, str], ...]:
        """The flags that are one word with their value."""
        flags = [flag for flag in self.line.flags if flag.joined]
        return tuple((Place(flag.span, "runArgs"), f"--{flag.name}") for flag in flags)

    def volume(self, target: str) -> Proposal:
        """A named volume."""
        path = target or "<model cache>"
        advice = f'add `"source=models,target={path},type=volume"` to `mounts`'
        return Proposal(next_item(self.body["volumes"]), advice)

    def shared_memory(self, gib: int) -> Proposal:
        """The size that Docker gives to `/dev/shm`."""
        return Proposal(self.body["shm_size"], f'add `"--shm-size={gib}g"` to `runArgs`')

    def gpus(self) -> Proposal:
        """All that the machine has."""
        return Proposal(self.body["gpus"], 'add `"--gpus=all"` to `runArgs`')

    def secret(self, variable: str, flag: str) -> str:
        """A variable of the machine on which the editor runs."""
        if variable:
            return HANDED_OVER.format(name=variable)
        return f"take `--{flag}` from a variable that `remoteEnv` has from `${{localEnv:…}}`"

    def startup_probe(self, seconds: float, url_path: str) -> Proposal:
        """A health check whose failures do not count at first."""
        advice = (
            f"add a `--health-cmd` on `{url_path}` with"
            f" `--health-start-period={seconds:g}s` to `runArgs`"
        )
        return Proposal(self.body["healthcheck"], advice)

    def grace_period(self, seconds: float) -> str:
        """The advice to wait longer before a container is killed."""
        return f'add `"--stop-timeout={seconds:g}"` to `runArgs`, or more'

    def more_time(self, probe: Probe, seconds: float) -> Proposal:
        """A longer time in which failures do not count."""
        advice = f'write `"--health-start-period={seconds:g}s"` in `runArgs`, or longer'
        return Proposal(probe.timing.start_period, advice)


class DevWords(RunWords):
    """How the keys of a file and the flags among `runArgs` are spelt."""

    __slots__ = ()

    @property
    def title(self) -> str:
        """`development container`."""
        return "development container"

    def key(self, key: str) -> str:
        """The key, or the long flag."""
        return _KEYS.get(key) or super().key(key)

    def setting(self, key: str, value: str) -> str:
        """The key with its value, or the long flag with it."""
        own = _KEYS.get(key)
        return f'"{own}": "{value}"' if own else f"--{flag_of(key)}={value}"
