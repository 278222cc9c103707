"""Questions about the GPUs of a server: whether it needs them, gets them, and how they share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.documents.queries.serving import gpu_count, gpus_in_words, setting, variable
from imagelint.documents.serving.options import (
    DATA_PARALLEL,
    MEMORY_FRACTION,
    PIPELINE_PARALLEL,
    TENSOR_PARALLEL,
)
from imagelint.knowledge.accelerators import accelerator
from imagelint.knowledge.globs import matches
from imagelint.knowledge.gpus import is_shared, mig_profile

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.knowledge.engines import Traits

_OTHER_HARDWARE = re.compile(
    r"(?:^|[-_./])(?:cpu|tpu|xpu|hpu|neuron|gaudi|intel|openvino|npu|ascend)(?:$|[-_.:])"
)
# What other schedulers call a part of a GPU: HAMi, Volcano, Run:ai, Aliyun.
_PARTS = re.compile(r"gpu|tpu|npu|mlu|dcu|neuron|gaudi|accelerator|fpga", re.IGNORECASE)
_NO_DEVICE = frozenset(("", "none", "void"))
# Settings by which people tune any server for CPUs.
_CPU_SETTINGS = ("KMP_AFFINITY", "KMP_BLOCKTIME", "OMP_NUM_THREADS")


def needs_gpu(server: ServingCommand) -> bool:
    """Whether the server is one for GPUs by its engine, its image and its flags."""
    image, known = server.launch.image, server.facts
    written = image.text.lower() if image else ""
    names = (written, *(name.lower() for name in server.launch.built_as))
    if any(_OTHER_HARDWARE.search(name) for name in names):
        return False
    if known is None or _is_for_cpus(server, known.traits):
        return False
    if any(matches(written, glob) for glob in known.traits.gpu_images):
        return True
    device = server.switch("device")
    return known.traits.needs_gpu and (device is ABSENT or _is_cuda(device))


def is_for_cpus(server: ServingCommand) -> bool:
    """Whether the image of a server is a build that uses no accelerator, whatever it is given."""
    image, known = server.launch.image, server.facts
    if image is None or known is None:
        return False
    written = image.text.lower()
    return any(matches(written, glob) for glob in known.traits.cpu_images)


def _is_for_cpus(server: ServingCommand, traits: Traits) -> bool:
    variables = (*_CPU_SETTINGS, *traits.cpu_variables)
    return any(variable(server, name) for name in variables) or any(
        isinstance(server.switch(flag), Known) for flag in traits.cpu_flags
    )


def _is_cuda(device: Fact[str]) -> bool:
    return isinstance(device, Known) and device.value.startswith("cuda")


def may_see_gpu(server: ServingCommand) -> bool:
    """Whether there may be a GPU without a request: by variables, devices, other schedulers."""
    devices = setting(server, "NVIDIA_VISIBLE_DEVICES")
    runtime = server.launch.runtime
    told = devices is not ABSENT and value_or(devices, "all") not in _NO_DEVICE
    other = runtime.other_devices
    if told or not isinstance(other, Known) or other.value:
        return True
    return runtime.kind == "pod" and _is_scheduled_otherwise(runtime)


def _is_scheduled_otherwise(runtime: Runtime) -> bool:
    """Whether the names of limits or labels are those of other schedulers.

    A known accelerator is none of them: where none is requested, the limit says zero.
    """
    limits = runtime.resources.limits
    named = [one.name for one in limits.value] if isinstance(limits, Known) else []
    names = [name for name in named if accelerator(name) is None]
    names += [name for name, _ in runtime.labels]
    return any(_PARTS.search(name) for name in names)


def has_gpus_alone(server: ServingCommand) -> bool:
    """Whether the GPUs of a pod are whole ones that nobody else gets, as far as names tell."""
    runtime = server.launch.runtime
    if runtime.kind != "pod" or not isinstance(runtime.gpus, Known):
        return False
    if runtime.gpus.value.shared:
        return False
    names = (runtime.gpus.value.resource, value_or(runtime.gpu_product, ""))
    return not any(is_shared(name) or mig_profile(name) for name in names)


def parts_of_weights(server: ServingCommand, per_node: int | None) -> int:
    """How many GPUs share the weights, 0 where that is unknown: data parallel does not divide."""
    if server.uses_all_gpus and not isinstance(server.option(TENSOR_PARALLEL), Known):
        return value_or(gpu_count(server, per_node), 0)
    facts = [server.option(TENSOR_PARALLEL), server.option(PIPELINE_PARALLEL)]
    sharing = server.facts.traits.expert_flags if server.facts else ()
    if any(server.is_on(flag) for flag in sharing):
        facts.append(server.option(DATA_PARALLEL))
    product = 1
    for fact in facts:
        product *= 1 if fact is ABSENT else value_or(fact, 0)
    return product


def splits_otherwise(server: ServingCommand) -> bool:
    """Whether data parallelism adds no GPU, or each stage of the model has GPUs of its own."""
    if server.facts is None:
        return False
    traits = server.facts.traits
    if traits.splits_tensor_group and isinstance(server.option(DATA_PARALLEL), Known):
        return True
    return any(isinstance(server.switch(flag), Known) for flag in traits.stage_flags)


def share_of_memory(server: ServingCommand) -> float:
    """The share of memory that the engine uses; all of it where it is a share of what is free."""
    known, fraction = server.facts, server.effective(MEMORY_FRACTION)
    if known is None or known.traits.memory_of != "total" or not isinstance(fraction, Known):
        return 1.0
    return fraction.value if 0 < fraction.value <= 1 else 1.0


def leaves_weights_on_cpu(server: ServingCommand) -> bool:
    """Whether a part of the weights may stay outside of the GPUs."""
    if server.facts is None:
        return False
    traits = server.facts.traits
    if traits.spills_to_cpu:
        return True
    told = (server.switch(name) for name in traits.offload_flags)
    return any(isinstance(fact, Known) and fact.value not in ("0", "0.0") for fact in told)


def gpus_used(server: ServingCommand, total: int, *, copies: bool = True) -> str:
    """The factors that are set, and how many GPUs they come to, in words; `copies` count or not."""
    named: tuple[tuple[str, Fact[int]], ...] = (
        ("tensor parallel", server.option(TENSOR_PARALLEL)),
        ("pipeline parallel", server.option(PIPELINE_PARALLEL)),
        ("data parallel", server.option(DATA_PARALLEL) if copies else ABSENT),
    )
    parts = [f"{name} {fact.value}" for name, fact in named if isinstance(fact, Known)]
    if server.option(TENSOR_PARALLEL) is ABSENT and not parts:
        return f"{gpus_in_words(total)}, its default"
    return f"{' * '.join(parts)} = {gpus_in_words(total)}"
