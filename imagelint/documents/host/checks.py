"""What is said about a host by itself, and by what a policy declares of its hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.serving.host import CheckState, HostCheck
from imagelint.knowledge.gpus import gpu
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.environment import Environment
    from imagelint.core.serving.host import Ailment, ContainerEngine, HostFacts

_NVIDIA = "nvidia.com/gpu"
_CONFIGURE = {
    "podman": "`nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml`",
    "docker": "`nvidia-ctk runtime configure --runtime=docker`, then restart it",
    "containerd": "`nvidia-ctk runtime configure --runtime=containerd`, then restart it",
}
_MEDIA = {"virtual": "a virtual disk"}
_GIB = 2**30
# What a display or a monitor takes is less.
_BUSY = 0.1
_MOST = 4


def checks(facts: HostFacts, declared: Environment) -> Iterator[HostCheck]:
    """All that is said about a host. Without a GPU that is the answer, and no mistake."""
    driver = facts.driver
    if not (driver.gpus or driver.version or facts.pci_gpus):
        yield from _no_gpu(facts, declared)
    else:
        yield _driver(facts)
        yield _gpus(facts)
        yield from _health(facts)
        yield from _cuts(facts)
        yield from _containers(facts)
        yield from _declared(facts, declared)
    yield from _machine(facts)


def _no_gpu(facts: HostFacts, declared: Environment) -> Iterator[HostCheck]:
    if not facts.tells_of_gpus:
        said = "nothing tells whether there is a GPU"
        yield HostCheck("gpu", CheckState.UNKNOWN, f"{said}: {facts.driver.why}")
        return
    asked = declared.gpu_product or declared.gpus_per_node or declared.driver
    state = CheckState.BAD if asked else CheckState.NOTE
    said = "there is no NVIDIA GPU here"
    yield HostCheck("gpu", state, f"{said}: {facts.driver.why}" if facts.driver.why else said)
    for maker in dict.fromkeys(facts.other_gpus):
        told = (
            f"{facts.other_gpus.count(maker)} of {maker} on the bus, of which nothing else is read"
        )
        yield HostCheck("gpu", CheckState.NOTE, told)


def _driver(facts: HostFacts) -> HostCheck:
    driver = facts.driver
    if not driver.version:
        said = f"{facts.pci_gpus} GPUs of NVIDIA are on the bus, and no driver works"
        said += f": {driver.why}" if driver.why else ""
        return HostCheck("driver", CheckState.BAD, said, "install the driver, or load it")
    if not driver.gpus:
        said = f"driver {driver.version}, which tells of no GPU"
        said += f": {driver.why}" if driver.why else ""
        return HostCheck("driver", CheckState.UNKNOWN, said, "see what `nvidia-smi` says")
    cuda = f", which allows CUDA {driver.cuda}" if driver.cuda else ""
    return HostCheck("driver", CheckState.GOOD, f"driver {driver.version}{cuda}")


def _gpus(facts: HostFacts) -> HostCheck:
    found = facts.driver.gpus
    if not found:
        return HostCheck("gpu", CheckState.UNKNOWN, f"{facts.pci_gpus} GPUs on the bus")
    kinds = dict.fromkeys((one.product, one.memory) for one in found)
    told = []
    for product, memory in kinds:
        count = sum((one.product, one.memory) == (product, memory) for one in found)
        size = f" of {memory} MiB" if memory else ""
        told.append(f"{count} * {product}{size}")
    seen = len(found)
    if facts.pci_gpus > seen:
        said = f"{', '.join(told)}; {facts.pci_gpus} are on the bus, the driver sees {seen}"
        return HostCheck("gpu", CheckState.BAD, said, "see the kernel's log for Xid errors")
    return HostCheck("gpu", CheckState.GOOD, ", ".join(told))


def _health(facts: HostFacts) -> Iterator[HostCheck]:
    """What ails GPUs, and which are not free: by their numbers, the same of several at once."""
    ill: dict[Ailment, list[int]] = {}
    busy = []
    for number, one in enumerate(facts.driver.gpus):
        for ailment in one.ailments:
            ill.setdefault(ailment, []).append(number)
        if one.memory and one.used > one.memory * _BUSY:
            busy.append(f"{one.used} of {one.memory} MiB of GPU {number}")
    for ailment, numbers in ill.items():
        state = CheckState.BAD if ailment.grave else CheckState.NOTE
        told = ", ".join(map(str, numbers))
        yield HostCheck("health", state, f"GPU {told}: {ailment.said}", ailment.help)
    if busy:
        said = ", ".join(busy[:_MOST]) + (" …" if len(busy) > _MOST else "")
        yield HostCheck("health", CheckState.NOTE, f"in use now: {said}")


def _cuts(facts: HostFacts) -> Iterator[HostCheck]:
    cut = [one for one in facts.driver.gpus if one.mig]
    if not cut:
        return
    slices = [each.memory for one in cut for each in one.slices]
    if not slices:
        said = f"MIG is on for {len(cut)} GPUs, and none has a slice"
        yield HostCheck("mig", CheckState.BAD, said, "make some, or switch it off")
        return
    sizes = ", ".join(f"{size} MiB" for size in slices if size)
    yield HostCheck("mig", CheckState.NOTE, f"{len(slices)} slices: {sizes}")


def _containers(facts: HostFacts) -> Iterator[HostCheck]:
    toolkit = facts.toolkit
    if facts.contained and facts.driver.gpus and not (toolkit.version or facts.engines):
        said = "this is a container, and GPUs work in it"
        yield HostCheck("engine", CheckState.GOOD, said)
        return
    if not toolkit.version:
        said, help_ = "no NVIDIA container toolkit is installed", "install nvidia-container-toolkit"
        yield HostCheck("toolkit", CheckState.BAD, said, help_)
    else:
        mode = f", its runtime in mode {toolkit.mode}" if toolkit.mode else ""
        yield HostCheck("toolkit", CheckState.GOOD, f"version {toolkit.version}{mode}")
    described = [spec for spec in facts.cdi if spec.kind == _NVIDIA]
    devices = sum(len(spec.devices) for spec in described)
    if described:
        yield HostCheck("cdi", CheckState.GOOD, f"{devices} names of devices are described")
    if not facts.engines:
        yield HostCheck("engine", CheckState.UNKNOWN, "no container engine is configured here")
    told = [_engine(engine, described=bool(described)) for engine in facts.engines]
    # Of several engines one is enough: nobody knows which of them is used.
    usable = any(check.state is CheckState.GOOD for check in told)
    for check in told:
        lesser = usable and check.state is CheckState.BAD
        yield check._replace(state=CheckState.NOTE) if lesser else check


def _engine(engine: ContainerEngine, *, described: bool) -> HostCheck:
    said = f"{engine.name}: {engine.default} by default"
    help_ = _CONFIGURE[engine.name]
    if engine.mistake:
        return HostCheck("engine", CheckState.BAD, f"{engine.name}: {engine.mistake}", help_)
    if engine.default in engine.nvidia:
        return HostCheck("engine", CheckState.GOOD, f"{said}, which gives GPUs")
    if engine.nvidia or (described and engine.cdi is not False):
        how = f"the runtime {engine.nvidia[0]}" if engine.nvidia else "CDI"
        return HostCheck("engine", CheckState.GOOD, f"{said}, GPUs by {how} where asked for")
    said += "; neither a runtime of NVIDIA nor CDI gives it GPUs"
    return HostCheck("engine", CheckState.BAD, said, help_)


def _declared(facts: HostFacts, declared: Environment) -> Iterator[HostCheck]:
    driver = facts.driver.version
    enough = at_least(driver, declared.driver) if declared.driver and driver else True
    if enough is not True:
        said = f"the policy declares driver {declared.driver}, this host has {driver}"
        state = CheckState.UNKNOWN if enough is None else CheckState.BAD
        yield HostCheck("policy", state, said, "update the driver")
    found = facts.driver.gpus
    wanted = declared.gpu_product
    if wanted and found:
        other = next((one.product for one in found if not _is_same(one.label, wanted)), "")
        if other:
            said = f"the policy declares {wanted}, this host has {other}"
            yield HostCheck("policy", CheckState.BAD, said)
    count = declared.gpus_per_node
    if count and found and len(found) < count:
        said = f"the policy declares {count} GPUs a node, this host has {len(found)}"
        yield HostCheck("policy", CheckState.BAD, said)


def _is_same(label: str, wanted: str) -> bool:
    if label.lower() == wanted.lower():
        return True
    one, other = gpu(label), gpu(wanted)
    return one is not None and other is not None and one.name == other.name


def _machine(facts: HostFacts) -> Iterator[HostCheck]:
    if facts.memory:
        yield HostCheck("memory", CheckState.NOTE, f"{facts.memory / _GIB:.0f} GiB")
    if facts.shm:
        said = f"{facts.shm / _GIB:.1f} GiB for containers that share the host's"
        yield HostCheck("shm", CheckState.NOTE, said)
    for disk in facts.disks:
        room = f"{disk.free / _GIB:.0f} GiB free" if disk.free is not None else "room unknown"
        medium = _MEDIA.get(disk.medium, disk.medium) or "a disk of unknown kind"
        yield HostCheck("disk", CheckState.NOTE, f"{disk.path}: {medium}, {room}")
