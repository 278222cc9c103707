"""How a container of an image is told something: by whoever runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Proposal

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.probe import Probe


class ImagePlatform(NamedTuple):
    """An image, which `docker run` starts; `start` is the place of what it starts."""

    start: Node

    @property
    def kind(self) -> str:
        """`image`."""
        return "image"

    @property
    def host(self) -> str:
        """What readers call the machine."""
        return "host"

    @property
    def own_host(self) -> bool:
        """A Dockerfile does not say where its image runs."""
        return False

    @property
    def host_ipc(self) -> str:
        """The option of `docker run`."""
        return "--ipc=host"

    @property
    def entry_point(self) -> str:
        """The instruction."""
        return "ENTRYPOINT"

    @property
    def joined_flags(self) -> tuple[tuple[Node, str], ...]:
        """A Dockerfile has no such flags."""
        return ()

    def filled_in(self, name: str) -> str:
        """Docker fills nothing in: a shell may."""
        return f"write its value, or start a shell that fills it in: `sh -c 'exec … \"${name}\"'`"

    def instead_of_host_ipc(self) -> str:
        """The advice how to get shared memory of one's own."""
        return f"{self.shared_memory(8).advice} instead"

    def volume(self, target: str) -> Proposal:
        """A named volume."""
        return Proposal(self.start, f"run it with `--volume=models:{target or '<model cache>'}`")

    def shared_memory(self, gib: int) -> Proposal:
        """The size that Docker gives to `/dev/shm`."""
        return Proposal(self.start, f"run it with `--shm-size={gib}g`")

    def gpus(self) -> Proposal:
        """All that the machine has."""
        return Proposal(self.start, "run it with `--gpus=all`")

    def secret(self, variable: str, flag: str) -> str:
        """Nothing that the image keeps."""
        if variable:
            return f"leave it out of the image, and run it with `--env={variable}`"
        return f"leave `--{flag}` out of the image, and give it when the container is started"

    def startup_probe(self, seconds: float, url_path: str) -> Proposal:
        """A health check whose failures do not count at first."""
        advice = f"add `HEALTHCHECK --start-period={seconds:g}s CMD …` on `{url_path}`"
        return Proposal(self.start, advice)

    def grace_period(self, seconds: float) -> str:
        """The advice to wait longer before a container is killed."""
        return f"stop it with `docker stop --time={seconds:g}`"

    def more_time(self, probe: Probe, seconds: float) -> Proposal:
        """A longer time in which failures do not count."""
        advice = f"write `--start-period={seconds:g}s`, or longer"
        return Proposal(probe.timing.start_period, advice)
