"""The rule `shm-over-limit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.fact import Fact

_GIB = 2.0**30
# Our own: Python, CUDA's libraries and the tokenizer of a server take some 3 GiB of host memory.
_OWN_NEEDS = 4 * _GIB


@rule(ServingCommand, Severity.MEDIUM)
def shm_over_limit(server: ServingCommand, ctx: Context) -> Findings:
    """The shared memory of the server counts against a memory limit which it fills.

    What is written to `/dev/shm` is memory of the container that writes it. Where the volume is as
    large as the limit, or leaves next to nothing of it, the server is killed for want of memory
    long before its shared memory is used up.

    Except:
        Sizes that are not known. What leaves less than 4 GiB is a low finding.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-32B, -tp, "2"]
              resources: {limits: {memory: 16Gi}}
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 16Gi}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-32B, -tp, "2"]
              resources: {limits: {memory: 48Gi}}
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 16Gi}}]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-32B, -tp, "2"]
            mem_limit: 16g
            shm_size: 16g

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-32B, -tp, "2"]
            mem_limit: 48g
            shm_size: 16g
    """
    runtime = server.launch.runtime
    size, limit = _size(server), runtime.memory_limit
    if not (server.engine and isinstance(size, Known) and isinstance(limit, Known)):
        return
    left = limit.value - size.value
    if left >= _OWN_NEEDS:
        return
    over, mount = left <= 0, runtime.shm_mount
    written = mount.size if mount is not None and isinstance(mount.size, Known) else None
    notes = (
        (ctx.note("its size is written here", Place(written.span, mount.size_path)),)
        if mount is not None and written is not None and written.span is not None
        else ()
    )
    rest = "" if over else f", which leaves {left / _GIB:.2g} GiB for the server itself"
    yield ctx.finding(
        mount or runtime.platform.shared_memory(8).place,
        f"the shared memory may have {size.value / _GIB:.3g} GiB"
        f" of the memory limit of {limit.value / _GIB:.3g} GiB{rest}",
        help="raise the memory limit to the shared memory and what the server needs besides",
        subject=runtime.name,
        severity=None if over else Severity.LOW,
        confidence=None if over else Confidence.LIKELY,
        notes=notes,
    )


def _size(server: ServingCommand) -> Fact[float]:
    """The size that is written: what a memory limit leaves of it is another thing."""
    runtime = server.launch.runtime
    mount = runtime.shm_mount
    if mount is None:
        return runtime.shm
    return mount.size if mount.source in ("memory", "tmpfs") else runtime.shm
