"""The rule `host-ipc`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    ServingCommand,
    Severity.HIGH,
    references=(
        "PSS baseline",
        "Trivy KSV-0008",
        "Checkov CKV_K8S_18",
        "kube-linter host-ipc",
        "Polaris hostIPCSet",
        "Kyverno disallow-host-namespaces",
    ),
)
def host_ipc(server: ServingCommand, ctx: Context) -> Findings:
    """The model server shares the shared memory of its host to get enough of it.

    Every other process in that namespace can read and write its segments and semaphores, and the
    baseline of the Pod Security Standards refuses the pod. A volume in memory at `/dev/shm`, or
    `shm_size`, gives NCCL the same room.

    Except:
        Compose services get a medium severity: it is the form which engines document for Docker.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          hostIPC: true
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            ipc: host

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            shm_size: 8gb
    """
    runtime = server.launch.runtime
    shared = runtime.host_ipc
    if not isinstance(shared, Known) or not shared.value:
        return
    if runtime.kind == "compose":
        at = runtime.body["ipc"] if runtime.body else server
        yield ctx.finding(
            at,
            "ipc: host shares the shared memory of the host with the server",
            help="write shm_size: 8gb (16gb for many GPUs) instead",
            subject=runtime.name,
            severity=Severity.MEDIUM,
        )
        return
    yield ctx.finding(
        runtime.spec["hostIPC"] if runtime.spec else server,
        "hostIPC shares the shared memory of the node with the server",
        help="drop it and mount an emptyDir {medium: Memory, sizeLimit: 8Gi} at /dev/shm",
        subject=runtime.name,
    )
