"""The rule `shm-missing`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.documents.booleans import nccl_variable
from imagelint.documents.queries.serving import least_workers, switched_on, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import PIPELINE_PARALLEL, TENSOR_PARALLEL
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_MANY = 8


@rule(ServingCommand, Severity.HIGH)
def shm_missing(server: ServingCommand, ctx: Context) -> Findings:
    """A server of several processes has only the 64 MB of shared memory that are the default.

    Processes that share a model across GPUs exchange data through `/dev/shm`: NCCL where GPUs
    cannot reach each other directly, and the engine's own queues always. With 64 MB the server
    dies with a bus error, or hangs while it starts or under the first load.

    Except:
        Servers on one GPU, `NCCL_SHM_DISABLE=1`, workloads whose operator adds the volume. NIM
        gets a medium severity, because its profile decides how many GPUs it uses together.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-70B-Instruct, -tp, "4"]
              resources: {limits: {nvidia.com/gpu: 4}}

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-70B-Instruct, -tp, "4"]
              resources: {limits: {nvidia.com/gpu: 4}}
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-32B, -tp, "2"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-32B, -tp, "2"]
            shm_size: 8gb
    """
    runtime = server.launch.runtime
    if runtime.shm is not ABSENT or not server.engine:
        return
    shared = runtime.host.ipc.value
    if value_or(shared, shared is not ABSENT):
        return
    count = least_workers(server, ctx.environment.gpus_per_node)
    if not isinstance(count, Known) or count.value < 2 or _avoids_shm(server):  # noqa: PLR2004 - more than one
        return
    if _is_so_below(server):
        return
    unsure = server.facts is not None and server.facts.traits.gpus_by_profile
    proposal = runtime.platform.shared_memory(16 if count.value >= _MANY else 8)
    yield ctx.finding(
        proposal.place,
        f"{title(server)} runs {count.value} processes, and /dev/shm has the default 64 MB",
        help=proposal.advice,
        subject=runtime.name,
        severity=Severity.MEDIUM if unsure else None,
        confidence=Confidence.LIKELY if unsure else None,
    )


def _is_so_below(server: ServingCommand) -> bool:
    """Whether the runtime that a predictor is merged with has several processes by itself."""
    below = server.launch.runtime.below
    sizes = (server.option(TENSOR_PARALLEL), server.option(PIPELINE_PARALLEL))
    return below is not None and any(
        isinstance(size, Known) and size.value > 1 and size.span and below.covers(size.span)
        for size in sizes
    )


def _avoids_shm(server: ServingCommand) -> bool:
    return switched_on(server, "NCCL_SHM_DISABLE", nccl_variable)
