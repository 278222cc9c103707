"""How a service of compose is told something, and where that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Proposal
from imagelint.documents.yaml.cursor import next_item

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.probe import Probe
    from imagelint.documents.yaml.cursor import Cursor


class ServicePlatform(NamedTuple):
    """A service, at its place in the compose file."""

    body: Cursor

    @property
    def kind(self) -> str:
        """`compose`."""
        return "compose"

    @property
    def host(self) -> str:
        """What readers call the machine."""
        return "host"

    @property
    def own_host(self) -> bool:
        """Compose runs on one machine, whose devices are all there are."""
        return True

    @property
    def host_ipc(self) -> str:
        """The key of the service, with its value."""
        return "ipc: host"

    @property
    def entry_point(self) -> str:
        """The key of the service."""
        return "entrypoint"

    @property
    def joined_flags(self) -> tuple[tuple[Node, str], ...]:
        """A service has keys."""
        return ()

    def filled_in(self, name: str) -> str:
        """Compose knows only its own environment; a shell knows the container's."""
        return f"write its value, or start a shell that fills it in: `sh -c 'exec … \"$${name}\"'`"

    def instead_of_host_ipc(self) -> str:
        """The advice how to get shared memory of one's own."""
        return f"{self.shared_memory(8).advice} (16gb for many GPUs) instead"

    def volume(self, target: str) -> Proposal:
        """A named volume."""
        mount = f"add `models:{target or '<model cache>'}` to its `volumes`"
        advice = f"{mount}, and `models:` to those of the file"
        return Proposal(next_item(self.body["volumes"]), advice)

    def shared_memory(self, gib: int) -> Proposal:
        """The size that Docker gives to `/dev/shm`."""
        return Proposal(self.body["shm_size"], f"write `shm_size: {gib}gb`")

    def gpus(self) -> Proposal:
        """All that the machine has."""
        place = self.body.at("deploy", "resources", "reservations", "devices")
        return Proposal(place, "write `gpus: all`")

    def secret(self, variable: str, flag: str) -> str:
        """A variable of the shell, or of an `.env` file that nobody commits."""
        if variable:
            return f"write `environment: [{variable}]` instead, and set it where compose is started"
        return f"write `--{flag} ${{<variable>:?}}`, and set it where compose is started"

    def startup_probe(self, seconds: float, url_path: str) -> Proposal:
        """A health check whose failures do not count at first."""
        advice = f"add a `healthcheck` with `start_period: {seconds:g}s` on `{url_path}`"
        return Proposal(self.body["healthcheck"], advice)

    def grace_period(self, seconds: float) -> str:
        """The advice to wait longer before a container is killed."""
        return f"write `stop_grace_period: {seconds:g}s`, or more"

    def more_time(self, probe: Probe, seconds: float) -> Proposal:
        """A longer time in which failures do not count."""
        advice = f"write `start_period: {seconds:g}s`, or longer"
        return Proposal(probe.timing.start_period, advice)
