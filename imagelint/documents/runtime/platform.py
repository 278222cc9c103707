"""How a container is told something on the platform that runs it, and where that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.field import Proposal
    from imagelint.documents.runtime.probe import Probe


class Platform(Protocol):
    """One container as its platform sees it: where something absent would be, and how it is spelt.

    Each kind of document that says how containers run has one implementation.
    """

    @property
    def kind(self) -> str:
        """`pod`, `compose`, `image`."""
        ...

    @property
    def host(self) -> str:
        """What readers call the machine: `node` of a cluster, or `host`."""
        ...

    @property
    def own_host(self) -> bool:
        """Whether containers get devices of one known machine, and not a share of a cluster."""
        ...

    @property
    def host_ipc(self) -> str:
        """How the IPC namespace of the host is asked for."""
        ...

    @property
    def entry_point(self) -> str:
        """What replaces the entry point of the image."""
        ...

    @property
    def joined_flags(self) -> tuple[tuple[Node, str], ...]:
        """Flags of what starts the container that are one word with their value, each by name."""
        ...

    def filled_in(self, name: str) -> str:
        """The advice how a variable of the container becomes a word without a shell."""
        ...

    def instead_of_host_ipc(self) -> str:
        """The advice how to get shared memory of one's own."""
        ...

    def volume(self, target: str) -> Proposal:
        """A volume that outlives the container, at a path in it; empty: wherever the cache is."""
        ...

    def shared_memory(self, gib: int) -> Proposal:
        """A `/dev/shm` of some GiB."""
        ...

    def gpus(self) -> Proposal:
        """A request for GPUs."""
        ...

    def secret(self, variable: str, flag: str) -> str:
        """The advice how to hand over a secret by a variable, or else by a flag."""
        ...

    def startup_probe(self, seconds: float, url_path: str) -> Proposal:
        """A check that gives the server time to start, which asks for a path."""
        ...

    def grace_period(self, seconds: float) -> str:
        """The advice to wait longer before a container is killed."""
        ...

    def more_time(self, probe: Probe, seconds: float) -> Proposal:
        """More time in a check that is there."""
        ...
