"""How a container of a pod is told something, and where that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Proposal
from imagelint.documents.yaml.cursor import next_item

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.probe import Probe
    from imagelint.documents.yaml.cursor import Cursor


class PodPlatform(NamedTuple):
    """A container of a pod, at its place in the manifest."""

    body: Cursor

    @property
    def kind(self) -> str:
        """`pod`."""
        return "pod"

    @property
    def host(self) -> str:
        """What readers call the machine."""
        return "node"

    @property
    def own_host(self) -> bool:
        """A cluster gives a pod the devices that it asks for, of whatever node."""
        return False

    @property
    def host_ipc(self) -> str:
        """The field of the pod."""
        return "hostIPC"

    @property
    def entry_point(self) -> str:
        """The key of the container."""
        return "command"

    @property
    def joined_flags(self) -> tuple[tuple[Node, str], ...]:
        """A pod has keys."""
        return ()

    def filled_in(self, name: str) -> str:
        """The kubelet does it."""
        return f"write `$({name})`"

    def instead_of_host_ipc(self) -> str:
        """The advice how to get shared memory of one's own."""
        return f"drop it and {self.shared_memory(8).advice}"

    def volume(self, target: str) -> Proposal:
        """A claim, mounted in the container."""
        place = next_item(self.body["volumeMounts"])
        where = f"`{target}`" if target else "the model cache"
        return Proposal(place, f"mount a `persistentVolumeClaim` at {where}")

    def shared_memory(self, gib: int) -> Proposal:
        """A volume in memory."""
        place = next_item(self.body["volumeMounts"])
        volume = f"emptyDir: {{medium: Memory, sizeLimit: {gib}Gi}}"
        return Proposal(place, f"mount an `{volume}` at `/dev/shm`")

    def gpus(self) -> Proposal:
        """A limit: the request follows it."""
        place = self.body.at("resources", "limits")
        return Proposal(place, "write `resources: {limits: {nvidia.com/gpu: 1}}`")

    def secret(self, variable: str, flag: str) -> str:
        """A key of a Secret."""
        if variable:
            return f"set `{variable}` from a Secret (`secretKeyRef`) instead"
        return f"take it from a Secret: `--{flag} $(VARIABLE)` with `secretKeyRef`"

    def startup_probe(self, seconds: float, url_path: str) -> Proposal:
        """A probe that holds back the others."""
        advice = f"add a `startupProbe` with `periodSeconds: 10` and {_threshold(seconds)}"
        return Proposal(self.body["startupProbe"], f"{advice} on `{url_path}`")

    def grace_period(self, seconds: float) -> str:
        """The advice to wait longer before a container is killed."""
        return f"write `terminationGracePeriodSeconds: {seconds:g}`, or more"

    def more_time(self, probe: Probe, seconds: float) -> Proposal:
        """More failures until the probe gives up."""
        advice = f"write `periodSeconds: 10` and {_threshold(seconds)}, or more"
        return Proposal(probe.timing.failure_threshold, advice)


def _threshold(seconds: float) -> str:
    """How often a probe that asks every ten seconds has to fail until so much time is over."""
    return f"`failureThreshold: {int(-(-seconds // 10))}`"
