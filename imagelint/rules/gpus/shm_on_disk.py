"""The rule `shm-on-disk`."""

from __future__ import annotations

from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

_ON_DISK = ("emptyDir", "persistentVolumeClaim", "ephemeral")


@rule(ServingCommand, Severity.MEDIUM)
def shm_on_disk(server: ServingCommand, ctx: Context) -> Findings:
    """The shared memory of the server is a folder on a disk.

    An `emptyDir` is on the disk of the node unless it says `medium: Memory`. At `/dev/shm` every
    message between the processes of the server is then written to that disk, and fills the
    node's storage instead of memory.

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
          volumes: [{name: shm, emptyDir: {sizeLimit: 8Gi}}]

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
    mount = server.launch.runtime.shm_mount
    if mount is not None and mount.source in _ON_DISK:
        place = mount.volume_place
        yield ctx.finding(
            mount,
            f"the volume at /dev/shm is on a disk ({mount.source}) and not in memory",
            help="make it an `emptyDir` with `medium: Memory` and a `sizeLimit`",
            subject=server.launch.runtime.name,
            notes=(ctx.note("the volume is written here", place),) if place is not None else (),
        )
