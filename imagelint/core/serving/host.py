"""What a host has for model servers, and what follows from it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import ExitCode, Outcome

if TYPE_CHECKING:
    from imagelint.core.report import Problem


class MigDevice(NamedTuple):
    """A slice of a GPU, with its memory in MiB and what the driver keeps of it."""

    memory: int | None = None
    reserved: int = 0


class Ailment(NamedTuple):
    """Something that the driver tells of the state of a GPU; with `grave` nothing should run there.

    `help` is what would mend it.
    """

    said: str
    help: str
    grave: bool = True


class HostGpu(NamedTuple):
    """A GPU: its product as the driver names it, its memory in MiB, and the slices it is cut into.

    `mig` tells whether it can be used in slices only; None where it cannot be cut at all. `brand`
    is how NVIDIA sells it (`GeForce`; `NVIDIA` for those of data centres since Ampere), empty where
    the driver does not say. `reserved` is what the driver keeps of the memory, `used` what programs
    have of it, in MiB.
    """

    product: str
    memory: int | None = None
    mig: bool | None = None
    slices: tuple[MigDevice, ...] = ()
    brand: str = ""
    reserved: int = 0
    used: int = 0
    ailments: tuple[Ailment, ...] = ()

    @property
    def usable(self) -> int | None:
        """MiB of what one container gets: of a GPU that is cut, its largest slice."""
        if self.mig:
            free = ((one.memory or 0) - one.reserved for one in self.slices)
            return max((0, *free))
        return None if self.memory is None else max(0, self.memory - self.reserved)

    @property
    def label(self) -> str:
        """The product as a node label writes it: `NVIDIA-H100-80GB-HBM3`."""
        return "-".join(self.product.split())


class Driver(NamedTuple):
    """The NVIDIA driver: its version, the newest CUDA that it allows, and the GPUs that it sees.

    An empty version: there is none that works, and `why` says what is known of that. Not `asked`:
    nobody told of GPUs, so that none is no answer.
    """

    version: str = ""
    cuda: str = ""
    gpus: tuple[HostGpu, ...] = ()
    why: str = ""
    asked: bool = True


class ContainerEngine(NamedTuple):
    """An engine that starts containers, by its configuration in `origin`.

    `default` is the runtime of containers that ask for none, `nvidia` the runtimes that give them
    GPUs, `cdi` whether it takes devices by CDI; None where the file does not say. `shm` is the
    size of `/dev/shm` in bytes where a container asks for none. `mistake` is what makes it ignore
    what was meant.
    """

    name: str
    origin: str
    default: str = "runc"
    nvidia: tuple[str, ...] = ()
    cdi: bool | None = None
    shm: int | None = None
    root: str = ""
    mistake: str = ""


class CdiSpec(NamedTuple):
    """Devices that are described for engines, by the file that does."""

    origin: str
    kind: str
    devices: tuple[str, ...]


class Toolkit(NamedTuple):
    """The NVIDIA container toolkit; empty: it is not installed. `mode` is that of its runtime."""

    version: str = ""
    mode: str = ""


class Disk(NamedTuple):
    """What a folder lies upon: a medium, or empty; bytes.

    Media are `nvme`, `ssd`, `hdd`, `virtual` (a disk of a virtual machine, which does not tell what
    is below it), `network` and `memory`.
    """

    path: str
    medium: str = ""
    free: int | None = None
    total: int | None = None


class HostFacts(NamedTuple):
    """All that was read of a host.

    `pci_gpus` counts NVIDIA's GPUs on the bus, driver or not; without `bus_read` there was no bus
    to look at. `other_gpus` are the makers of others there, one for each. `platform` is what its
    containers run on (`linux/amd64`), empty where nobody knows.
    `contained`: the running system is itself a container, in which the host's toolkit and engines
    are not to be seen.
    """

    driver: Driver = Driver()
    pci_gpus: int = 0
    toolkit: Toolkit = Toolkit()
    engines: tuple[ContainerEngine, ...] = ()
    cdi: tuple[CdiSpec, ...] = ()
    memory: int | None = None
    shm: int | None = None
    disks: tuple[Disk, ...] = ()
    problems: tuple[Problem, ...] = ()
    bus_read: bool = True
    contained: bool = False
    platform: str = ""
    other_gpus: tuple[str, ...] = ()

    @property
    def tells_of_gpus(self) -> bool:
        """Whether no GPU here means that there is none that works."""
        return self.driver.asked or (self.bus_read and not (self.pci_gpus and self.driver.version))


class CheckState(Enum):
    """What a check says."""

    GOOD = "good"
    BAD = "bad"
    NOTE = "note"
    UNKNOWN = "unknown"


class HostCheck(NamedTuple):
    """One thing about a host: what was asked, what the answer is, and what would help."""

    name: str
    state: CheckState
    said: str
    help: str = ""


class HostReport(NamedTuple):
    """A host, what was asked of it, and the answers. `asked` names images and models."""

    facts: HostFacts
    checks: tuple[HostCheck, ...]
    asked: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Fail where a check is bad; what nobody knows is no pass."""
        states = {check.state for check in self.checks}
        if CheckState.BAD in states:
            return Outcome.FAIL
        return Outcome.INCOMPLETE if CheckState.UNKNOWN in states or self.problems else Outcome.PASS

    @property
    def exit_code(self) -> ExitCode:
        """The code that a process with this report ends with."""
        return {
            Outcome.PASS: ExitCode.PASS,
            Outcome.FAIL: ExitCode.FAIL,
            Outcome.INCOMPLETE: ExitCode.INCOMPLETE,
        }[self.outcome]
