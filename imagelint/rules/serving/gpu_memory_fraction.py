"""The rule `gpu-memory-fraction`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.documents.queries.devices import has_gpus_alone
from imagelint.documents.queries.gpus.overbooking import overbooked
from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import MEMORY_FRACTION
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.finding import Finding
    from imagelint.documents.queries.gpus.overbooking import Overbooked
    from imagelint.knowledge.engines import Traits

# Our own: what is left above it for CUDA graphs, NCCL and other processes is a few hundred MB.
_MOST, _LEAST = 0.95, 0.5
# Of engines whose share holds all that they need, and whose own is larger.
_LEAST_OF_ALL = 0.8
_SMALLEST_PERCENTAGE, _LARGEST_PERCENTAGE = 5, 100


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def gpu_memory_fraction(server: ServingCommand, ctx: Context) -> Findings:
    """The share of GPU memory that the server takes is too large, too small or no share.

    The engine takes its share when it starts and keeps it. What it leaves must hold CUDA graphs,
    communication buffers and the driver's own needs: with next to nothing left, the first large
    batch fails with an out-of-memory error. Values outside 0 to 1 are refused. What is left below
    0.8 on a GPU that nobody else can get is paid for and idle: it could hold the cache of more
    requests. Two servers on one GPU get it only where their shares come to less than 1: the second
    one compares its share with what is free, and ends.

    Except:
        Text Generation Inference, whose default is 1.0; small shares of MIG slices, time-sliced
        GPUs and compose services, which others may use as well; shares from 0.5 on of engines that
        need the rest themselves, as SGLang does, or that take a share of what is free.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B, --gpu-memory-utilization, "0.99"]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B, --gpu-memory-utilization, "0.9"]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --gpu-memory-utilization, "90"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --gpu-memory-utilization, "0.90"]
    """
    crowd = overbooked(ctx.document, server)
    if crowd is not None:
        yield _crowded(server, crowd, ctx)
        return
    fact = server.option(MEMORY_FRACTION)
    if not isinstance(fact, Known):
        return
    judged = _judged(server, fact.value)
    if judged is None:
        return
    severity, confidence, message = judged
    yield ctx.finding(
        place_of(server, fact),
        message,
        help="0.85 to 0.92 is usual where the server has the GPU to itself",
        subject=server.launch.runtime.name,
        severity=severity,
        confidence=confidence,
    )


def _crowded(server: ServingCommand, crowd: Overbooked, ctx: Context) -> Finding:
    """One server too many: vLLM compares what is free with its share before it loads anything."""
    names = " and ".join(f"`{name}`" for name in crowd.others)
    rest = crowd.number - len(crowd.others)
    names += f" and {rest} more" if rest else ""
    take = "take" if crowd.number > 1 else "takes"
    return ctx.finding(
        place_of(server, crowd.share),
        f"{title(server)} wants {crowd.share.value:g} of GPU {crowd.gpu}, of which {names} "
        f"{take} {crowd.taken:g}",
        help="give each its own GPU, or shares that come to less than 1 together",
        subject=server.launch.runtime.name,
        severity=Severity.HIGH,
    )


def _judged(server: ServingCommand, share: float) -> tuple[Severity, Confidence, str] | None:
    if server.facts is None:
        return None
    traits = server.facts.traits
    if share <= 0 or (share > 1 and not traits.counts_blocks):
        percent = _SMALLEST_PERCENTAGE <= share <= _LARGEST_PERCENTAGE
        hint = f": {share:g} % is written {share / 100:g}" if percent else ""
        message = f"{share:g} is no share of memory, {title(server)} refuses it{hint}"
        return Severity.HIGH, Confidence.CERTAIN, message
    for flag in traits.fraction_overrides:
        if isinstance(server.switch(flag), Known):
            message = f"the share is ignored next to `--{flag}`"
            return Severity.LOW, Confidence.CERTAIN, message
    if max(_MOST, value_or(server.default(MEMORY_FRACTION), 0.0)) < share <= 1:
        message = f"{share:g} of GPU memory leaves next to nothing for graphs and buffers"
        return Severity.MEDIUM, Confidence.LIKELY, message
    if share < _floor(server, traits) and has_gpus_alone(server):
        idle = f"{(1 - share) * 100:.0f} %"
        message = f"{share:g} of GPU memory leaves {idle} of a GPU idle that nobody else can get"
        return Severity.LOW, Confidence.LIKELY, message
    return None


def _floor(server: ServingCommand, traits: Traits) -> float:
    """Below which share memory is left that nothing needs."""
    usual = value_or(server.default(MEMORY_FRACTION), 0.0)
    return _LEAST_OF_ALL if traits.memory_of == "total" and usual > _LEAST_OF_ALL else _LEAST
