"""The rule `shm-small`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.serving import title, workers
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node

# Our own floors, below what the engines' documentation asks for: 2 to 15 GiB.
_FEW, _MANY = 1e9, 4e9
_MANY_GPUS = 8
_TINY = 256 * 2.0**20
_ONE_BYTE = 1.0


@rule(ServingCommand, Severity.MEDIUM)
def shm_small(server: ServingCommand, ctx: Context) -> Findings:
    """The shared memory is too small for the processes of the server.

    Each process of a server that spans GPUs keeps buffers and queues in `/dev/shm`. When they do
    not fit, the server dies with a bus error, often only under load. The memory limit of a
    container bounds its volumes in memory as well. In Kubernetes `64m` is not 64 megabytes but
    0.064 bytes.

    Except:
        Servers on one GPU. Below 256 MiB the severity is high.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-70B-Instruct, -tp, "4"]
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 512Mi}}]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-70B-Instruct, -tp, "4"]
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-32B, -tp, "2"]
            shm_size: 128m

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-32B, -tp, "2"]
            shm_size: 8gb
    """
    size = server.launch.runtime.shm
    if not isinstance(size, Known) or not server.engine:
        return
    if size.value < _ONE_BYTE:
        yield ctx.finding(
            _place(server, size.value),
            f"the size of /dev/shm is {size.value:g} bytes: `m` is a thousandth in Kubernetes",
            help="write `Mi` or `Gi`, as in `sizeLimit: 8Gi`",
            subject=server.launch.runtime.name,
            severity=Severity.HIGH,
        )
        return
    count = workers(server, ctx.environment.gpus_per_node)
    if not isinstance(count, Known) or count.value < 2:  # noqa: PLR2004 - more than one
        return
    floor = _MANY if count.value >= _MANY_GPUS else _FEW
    if size.value >= floor:
        return
    yield ctx.finding(
        _place(server, size.value),
        f"the shared memory has {size.value / 1e9:.2g} GB for {count.value} processes of"
        f" {title(server)}, which need at least {floor / 1e9:g} GB",
        help="give it 8Gi, 16Gi for eight GPUs and more; the memory limit bounds it as well",
        subject=server.launch.runtime.name,
        severity=Severity.HIGH if size.value < _TINY else None,
    )


def _place(server: ServingCommand, size: float) -> Node:
    """The size where that is what bounds it, else the mount."""
    runtime = server.launch.runtime
    mount = runtime.shm_mount
    if mount is None:
        return runtime.platform.shared_memory(8).place
    decides = isinstance(mount.size, Known) and mount.size.value == size
    return (mount.size_place if decides else None) or mount
