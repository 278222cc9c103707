"""The rule `shm-wrong-mount`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.gpus.sharedmemory import (
    looks_shared,
    size_of_build_only,
    unmounted_memory,
    unwritable,
)
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((ServingCommand, Pod, ComposeService), Severity.HIGH)
def shm_wrong_mount(subject: ServingCommand | Pod | ComposeService, ctx: Context) -> Findings:
    """Shared memory was meant for the server, and it does not get it.

    Processes look for shared memory at `/dev/shm` and nowhere else. A volume in memory that is
    called `shm` or `dshm`, and is mounted elsewhere or in no container at all, changes nothing, and
    neither does `shm_size` below `build`, which is for the steps of the build. Where it is mounted
    read-only, the processes that share a model end with "Read-only file system".

    Except:
        Volumes in memory for other things, which are called otherwise; read-only shared memory of
        a server of one process.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: dshm, mountPath: /shm}]
          volumes: [{name: dshm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: dshm, mountPath: /dev/shm}]
          volumes: [{name: dshm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]

    Bad (compose.yaml):
        services:
          llm:
            build: {context: ., shm_size: 8gb}

    Good (compose.yaml):
        services:
          llm:
            build: {context: .}
            shm_size: 8gb
    """
    match subject:
        case ServingCommand():
            yield from _elsewhere(subject, ctx)
            yield from _read_only(subject, ctx)
        case Pod():
            for volume in unmounted_memory(subject):
                yield ctx.finding(
                    volume,
                    f"the volume `{volume.name}` is mounted by no container",
                    help="mount it at `/dev/shm` of the server",
                    subject=subject.owner.name,
                )
        case _:
            place = size_of_build_only(subject)
            if place is not None:
                yield ctx.finding(
                    place,
                    "`shm_size` below `build` is for the build, the service has 64 MB",
                    help="write `shm_size` beside `build`",
                    subject=subject.name,
                    severity=Severity.MEDIUM,
                )


def _elsewhere(server: ServingCommand, ctx: Context) -> Findings:
    runtime = server.launch.runtime
    if runtime.shm is not ABSENT or not isinstance(runtime.mounts, Known):
        return
    for mount in runtime.mounts.value:
        if mount.source == "memory" and looks_shared(mount.volume):
            target = mount.target.value if isinstance(mount.target, Known) else ""
            yield ctx.finding(
                mount,
                f"`{mount.volume}` at {target} is not the shared memory of the server",
                help="mount it at `/dev/shm`",
                subject=runtime.name,
            )


def _read_only(server: ServingCommand, ctx: Context) -> Findings:
    found = unwritable(server, ctx.environment.gpus_per_node)
    if found is not None:
        yield ctx.finding(
            found.mount,
            f"{title(server)} runs {found.processes} processes, and they cannot write to /dev/shm",
            help="mount it writable",
            subject=server.launch.runtime.name,
        )
