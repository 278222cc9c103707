"""How a container is told something by the flags of the line that starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.runlines.body import flag_of
from imagelint.documents.runtime.field import Place, Proposal
from imagelint.documents.yaml.cursor import next_item

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.runlines.line import RunLine
    from imagelint.documents.runtime.probe import Probe
    from imagelint.documents.yaml.cursor import Cursor

HANDED_OVER = "write `-e {name}` alone, and set it where the line is run"
"""The advice how a secret is handed over as a variable."""

UNIT_TAKES = "write `Secret=<secret>,type=env,target={name}` instead"
"""The same of a unit."""
# https://docs.podman.io/en/stable/markdown/podman-systemd.unit.5.html#container-units-container
QUADLET_KEYS = {
    "add-host": "AddHost",
    "annotation": "Annotation",
    "cap-add": "AddCapability",
    "cap-drop": "DropCapability",
    "device": "AddDevice",
    "entrypoint": "Entrypoint",
    "env": "Environment",
    "env-file": "EnvironmentFile",
    "expose": "ExposeHostPort",
    "health-cmd": "HealthCmd",
    "health-interval": "HealthInterval",
    "health-retries": "HealthRetries",
    "health-start-period": "HealthStartPeriod",
    "health-timeout": "HealthTimeout",
    "hostname": "HostName",
    "init": "RunInit",
    "label": "Label",
    "memory": "Memory",
    "mount": "Mount",
    "name": "ContainerName",
    "network": "Network",
    "pod": "Pod",
    "publish": "PublishPort",
    "pull": "Pull",
    "read-only": "ReadOnly",
    "shm-size": "ShmSize",
    "stop-timeout": "StopTimeout",
    "tmpfs": "Tmpfs",
    "user": "User",
    "userns": "UserNS",
    "volume": "Volume",
    "workdir": "WorkingDir",
}
"""By flag of `podman run`, the key of a unit that says it."""


class RunPlatform(NamedTuple):
    """A container, at the place of its line; `body` are its flags."""

    body: Cursor
    line: RunLine

    @property
    def kind(self) -> str:
        """`run`."""
        return "run"

    @property
    def host(self) -> str:
        """What readers call the machine."""
        return "node" if self.line.is_service else "host"

    @property
    def own_host(self) -> bool:
        """Only a swarm has several."""
        return not self.line.is_service

    @property
    def host_ipc(self) -> str:
        """The flag with its value."""
        return "--ipc host"

    @property
    def entry_point(self) -> str:
        """The flag."""
        return "--entrypoint"

    @property
    def joined_flags(self) -> tuple[tuple[Node, str], ...]:
        """The flags of the line."""
        flags = [flag for flag in self.line.flags if flag.joined]
        return tuple((Place(flag.span), f"--{flag.name}") for flag in flags)

    def filled_in(self, name: str) -> str:
        """The shell that runs the line knows its own variables; one inside the container's."""
        return f"write its value, or start a shell that fills it in: `sh -c 'exec … \"${name}\"'`"

    def instead_of_host_ipc(self) -> str:
        """The advice how to get shared memory of one's own."""
        return f"{self.shared_memory(8).advice} (16g for many GPUs) instead"

    def volume(self, target: str) -> Proposal:
        """A named volume."""
        path = target or "<model cache>"
        advice = f"add `-v models:{path}`"
        if self.line.is_service:
            advice = f"add `--mount type=volume,source=models,target={path}`"
        return Proposal(next_item(self.body["volumes"]), advice)

    def shared_memory(self, gib: int) -> Proposal:
        """The size that Docker gives to `/dev/shm`, or a filesystem in memory there."""
        advice = f"write `--shm-size {gib}g`"
        if self.line.is_service:
            size = gib * 1024**3
            advice = f"add `--mount type=tmpfs,target=/dev/shm,tmpfs-size={size}`"
        return Proposal(self.body["shm_size"], advice)

    def gpus(self) -> Proposal:
        """All that the machine has."""
        advice = "add `--gpus all`"
        if self.line.is_service:
            advice = "add `--generic-resource NVIDIA-GPU=1`"
        elif self.line.program == "podman":
            advice = "add `--device nvidia.com/gpu=all`"
        return Proposal(self.body["gpus"], advice)

    def secret(self, variable: str, flag: str) -> str:
        """A variable of the shell that runs the line."""
        if variable:
            return HANDED_OVER.format(name=variable)
        return f'write `--{flag} "${{<variable>:?}}"`, and set it where the line is run'

    def startup_probe(self, seconds: float, url_path: str) -> Proposal:
        """A health check whose failures do not count at first."""
        advice = f"add a `--health-cmd` on `{url_path}` with `--health-start-period {seconds:g}s`"
        return Proposal(self.body["healthcheck"], advice)

    def grace_period(self, seconds: float) -> str:
        """The advice to wait longer before a container is killed."""
        return f"write `--stop-timeout {seconds:g}`, or more"

    def more_time(self, probe: Probe, seconds: float) -> Proposal:
        """A longer time in which failures do not count."""
        advice = f"write `--health-start-period {seconds:g}s`, or longer"
        return Proposal(probe.timing.start_period, advice)


class RunWords:
    """How the flags of a line are spelt."""

    __slots__ = ()

    @property
    def title(self) -> str:
        """`container`."""
        return "container"

    def key(self, key: str) -> str:
        """The long flag."""
        return f"--{flag_of(key)}"

    def setting(self, key: str, value: str) -> str:
        """The long flag with its value."""
        return f"--{flag_of(key)} {value}"


class QuadletPlatform(RunPlatform):
    """A container that a unit describes."""

    __slots__ = ()

    @property
    def host_ipc(self) -> str:
        """The flag, for which units have no key."""
        return "PodmanArgs=--ipc=host"

    @property
    def entry_point(self) -> str:
        """The key."""
        return "Entrypoint"

    def volume(self, target: str) -> Proposal:
        """A named volume."""
        advice = f"add `Volume=models:{target or '<model cache>'}`"
        return Proposal(next_item(self.body["volumes"]), advice)

    def shared_memory(self, gib: int) -> Proposal:
        """The size that Podman gives to `/dev/shm`."""
        return Proposal(self.body["shm_size"], f"write `ShmSize={gib}g`")

    def gpus(self) -> Proposal:
        """All that the machine has."""
        return Proposal(self.body["devices"], "add `AddDevice=nvidia.com/gpu=all`")

    def secret(self, variable: str, flag: str) -> str:
        """A secret of Podman, as a variable."""
        if variable:
            return UNIT_TAKES.format(name=variable)
        return f"take `--{flag}` from a file that `EnvironmentFile=` names, by a start script"

    def startup_probe(self, seconds: float, url_path: str) -> Proposal:
        """A health check whose failures do not count at first."""
        advice = f"add a `HealthCmd=` on `{url_path}` with `HealthStartPeriod={seconds:g}s`"
        return Proposal(self.body["healthcheck"], advice)

    def grace_period(self, seconds: float) -> str:
        """The key of the service that systemd waits for."""
        return f"write `StopTimeout={seconds:g}`, or more"

    def more_time(self, probe: Probe, seconds: float) -> Proposal:
        """A longer time in which failures do not count."""
        advice = f"write `HealthStartPeriod={seconds:g}s`, or longer"
        return Proposal(probe.timing.start_period, advice)


class QuadletWords:
    """How the keys of a unit are spelt; what has none is a flag of `PodmanArgs`."""

    __slots__ = ()

    @property
    def title(self) -> str:
        """`container`."""
        return "container"

    def key(self, key: str) -> str:
        """The key."""
        flag = "device" if key == "gpus" else flag_of(key)
        return f"{QUADLET_KEYS[flag]}=" if flag in QUADLET_KEYS else f"PodmanArgs=--{flag}"

    def setting(self, key: str, value: str) -> str:
        """The key with its value."""
        value = "nvidia.com/gpu=all" if key == "gpus" else value
        written = self.key(key)
        return f"{written}{value}" if written.endswith("=") else f"{written}={value}"


RUN_WORDS = RunWords()
QUADLET_WORDS = QuadletWords()
