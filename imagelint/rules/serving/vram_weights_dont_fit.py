"""The rule `vram-weights-dont-fit`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.devices import (
    leaves_weights_on_cpu,
    parts_of_weights,
    share_of_memory,
)
from imagelint.documents.queries.gpus.products import product_label
from imagelint.documents.queries.serving import gpus_in_words, place_of
from imagelint.documents.serving.command import ServingCommand
from imagelint.knowledge.gpus import gpu_memory_gb, largest_memory_gb, mig_profile
from imagelint.rules.api import Context, Findings, Note, Severity, rule

# What GPUs are sold by is gibibytes, weights are counted in units of 1e9 bytes.
_GIB = 2**30 / 1e9
_MOST_GPUS = 1024


class _Memory(NamedTuple):
    gib: float
    product: str


@rule(ServingCommand, Severity.HIGH)
def vram_weights_dont_fit(server: ServingCommand, ctx: Context) -> Findings:
    """The weights of the model do not fit into the memory of its GPUs.

    Parameters times bytes per weight, divided by the GPUs that share them, is what each GPU must
    hold before there is room for a single token of context. Above its memory times the share that
    the engine takes, the server ends with an out-of-memory error at every start.

    Except:
        Models whose name does not tell their size, engines that leave a part on the CPU, and GPUs
        whose product neither the file nor the policy names, as long as the largest would do.

    Bad (deployment.yaml; gpu_product=NVIDIA-H100-80GB-HBM3):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-70B-Instruct]
              resources: {limits: {nvidia.com/gpu: 1}}

    Good (deployment.yaml; gpu_product=NVIDIA-H100-80GB-HBM3):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-70B-Instruct, -tp, "4"]
              resources: {limits: {nvidia.com/gpu: 4}}

    Bad (compose.yaml; gpu_product=NVIDIA-L4):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-32B]
            gpus: [{count: 1}]

    Good (compose.yaml; gpu_product=NVIDIA-L4):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            gpus: [{count: 1}]
    """
    weights, memory = server.weights_gb(), _memory(server, ctx)
    parts = parts_of_weights(server, ctx.environment.gpus_per_node)
    if not isinstance(weights, Known) or memory is None or not parts:
        return
    if leaves_weights_on_cpu(server):
        return
    share = share_of_memory(server)
    each, room = weights.value / parts, memory.gib * share * _GIB
    if each <= room:
        return
    taken = f" * {share:g}" if share != 1 else ""
    yield ctx.finding(
        server,
        f"{weights.value:g} GB of weights / {gpus_in_words(parts)} = {each:.1f} GB per GPU, above "
        f"{memory.gib:g} GiB{taken} = {room:.1f} GB of {memory.product}",
        help=f"{_split(weights.value, room)}take a quantised or a smaller model",
        subject=server.launch.runtime.name,
        notes=_notes(server, memory, ctx),
    )


def _notes(server: ServingCommand, memory: _Memory, ctx: Context) -> tuple[Note, ...]:
    """Where the GPU is chosen that is too small."""
    product = server.launch.runtime.gpu_product
    if not isinstance(product, Known) or product.value != memory.product or product.span is None:
        return ()
    return (ctx.note(f"`{memory.product}` is chosen here", place_of(server, product)),)


def _memory(server: ServingCommand, ctx: Context) -> _Memory | None:
    """What one GPU holds: the slice that is asked for, the product, or the largest there is."""
    runtime = server.launch.runtime
    if not isinstance(runtime.gpus, Known):
        return None
    resource = runtime.gpus.value.resource
    slice_ = mig_profile(resource)
    if slice_ is not None:
        return _Memory(slice_.memory, resource)
    part = runtime.gpus.value.memory
    if isinstance(part, Known):
        return _Memory(round(part.value / 2**30, 1), f"the share by {resource}")
    label = product_label(runtime, ctx.environment.gpu_product)
    memory = gpu_memory_gb(label) if label else None
    if memory is not None:
        return _Memory(memory, label)
    return _Memory(largest_memory_gb(), "the largest GPU")


def _split(weights: float, room: float) -> str:
    """Over how many GPUs it fits, the next power of two; nothing where no cluster has as many."""
    count = 1
    while count <= _MOST_GPUS and weights / count > room:
        count *= 2
    return f"split it over {count} GPUs, or " if count <= _MOST_GPUS else ""
