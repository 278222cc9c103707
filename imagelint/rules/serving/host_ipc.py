"""The rule `host-ipc`."""

from __future__ import annotations

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
    if not runtime.host.ipc.on:
        return
    platform = runtime.platform
    yield ctx.finding(
        runtime.host.ipc,
        f"{platform.host_ipc} shares the shared memory of the {platform.host} with the server",
        help=platform.instead_of_host_ipc(),
        subject=runtime.name,
        severity=Severity.MEDIUM if platform.own_host else None,
    )
