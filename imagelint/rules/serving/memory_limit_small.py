"""The rule `memory-limit-small`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.serving import title
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.queries.gpus.hostmemory import MemoryNeed

_MEMORY = "memory"


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def memory_limit_small(server: ServingCommand, ctx: Context) -> Findings:
    """The memory limit of the container is less than what its server keeps in memory.

    What a server is told to keep outside of the GPU is memory of the container: weights behind
    `--cpu-offload-gb`, the second level of the KV cache, and everything that is written to a tmpfs.
    It cannot be swapped out or thrown away, so that the kernel kills the server on the way there.

    Below what its processes take with any model (some 2 GiB, and 2 GiB for each GPU) the finding is
    of medium severity. Weights larger than the limit are read all the same, but their pages are
    thrown away before all processes have seen them, and read again: low, and medium below half.

    Except:
        Limits that are not known, models that do not tell their size, servers of several pods,
        formats of weights that go past the memory (`--load-format runai_streamer`).

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-32B, -tp, "4", --cpu-offload-gb, "20"]
              resources: {limits: {nvidia.com/gpu: 4, memory: 64Gi}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-32B, -tp, "4", --cpu-offload-gb, "20"]
              resources: {limits: {nvidia.com/gpu: 4, memory: 160Gi}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            gpus: [{count: 1}]
            mem_limit: 2g

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            gpus: [{count: 1}]
            mem_limit: 24g
    """
    if not isinstance(server.launch.runtime.memory_limit, Known):
        return
    from imagelint.documents.queries.gpus.hostmemory import in_gib, memory_need, weights_above_limit

    need = memory_need(server, ctx.environment.gpus_per_node)
    if need is None:
        return
    weights, severity = weights_above_limit(server, need), None
    told, limit = " + ".join(one.words for one in need.kept), in_gib(need.limit)
    if need.kept and need.whole > need.limit:
        own = f" and {in_gib(need.processes)} for its processes" if need.processes else ""
        message = f"{title(server)} keeps {told}{own} in memory, and the limit is {limit}"
    elif need.processes > need.limit:
        message = f"the limit of {limit} is below the {in_gib(need.processes)} that the processes"
        message, severity = f"{message} of {title(server)} take", Severity.MEDIUM
    elif weights:
        severity = Severity.MEDIUM if weights > 2 * need.limit else Severity.LOW
        message = f"{in_gib(weights)} of weights are read through a memory limit of {limit}"
    else:
        return
    yield ctx.finding(
        _place(server, need),
        message,
        help=f"raise the limit above {in_gib(max(need.whole, weights))}",
        subject=server.launch.runtime.name,
        severity=severity,
        notes=(ctx.note("the model is named here", server),) if weights and not need.kept else (),
    )


def _place(server: ServingCommand, need: MemoryNeed) -> Node:
    """Where the limit is written: at the container, or for its whole pod."""
    runtime = server.launch.runtime
    limits = runtime.resources.limits
    for one in limits.value if isinstance(limits, Known) else ():
        if one.name == _MEMORY:
            place: Node = one.quantity.place
            return place
    return Place(need.span or server.span, runtime.path)
