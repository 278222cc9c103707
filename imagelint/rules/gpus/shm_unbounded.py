"""The rule `shm-unbounded`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.INFO)
def shm_unbounded(server: ServingCommand, ctx: Context) -> Findings:
    """Nothing bounds the shared memory of the server but the memory of its node.

    An `emptyDir` in memory without `sizeLimit`, in a container without a memory limit, may grow
    until the kubelet evicts pods of the node, this one among them.

    Except:
        Containers with a memory limit, which bounds their volumes in memory as well.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-32B, -tp, "2"]
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-32B, -tp, "2"]
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]
    """
    runtime = server.launch.runtime
    mount = runtime.shm_mount
    if mount is None or mount.source != "memory" or mount.size is not ABSENT:
        return
    if runtime.memory_limit is ABSENT:
        yield ctx.finding(
            mount,
            "the shared memory may grow until the memory of the node is used up",
            help="write `sizeLimit: 8Gi` beside `medium: Memory`",
            subject=runtime.name,
        )
