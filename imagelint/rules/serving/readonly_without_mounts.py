"""The rule `readonly-without-mounts`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.writes import refused_folders
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def readonly_without_mounts(server: ServingCommand, ctx: Context) -> Findings:
    """The root filesystem is read-only, and the server has to write there.

    Engines that compile kernels write them below their home folder, and make sockets and files in
    `/tmp`. Without volumes there they end with "Read-only file system" or "No usable temporary
    directory found", after the image was pulled and the GPU was taken.

    Except:
        Folders that variables put elsewhere, images of others, and workloads of operators, which
        mount what they need.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, /models/qwen3-8b]
              securityContext: {readOnlyRootFilesystem: true}
              volumeMounts: [{name: models, mountPath: /models}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, /models/qwen3-8b]
              securityContext: {readOnlyRootFilesystem: true}
              volumeMounts:
                - {name: models, mountPath: /models}
                - {name: home, mountPath: /root}
                - {name: tmp, mountPath: /tmp}
          volumes:
            - {name: models, persistentVolumeClaim: {claimName: models}}
            - {name: home, emptyDir: {sizeLimit: 20Gi}}
            - {name: tmp, emptyDir: {sizeLimit: 20Gi}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, /models/qwen3-8b]
            read_only: true
            volumes: ["/srv/models:/models:ro"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, /models/qwen3-8b]
            read_only: true
            tmpfs: [/tmp, /root]
            volumes: ["/srv/models:/models:ro"]
    """
    folders = refused_folders(server)
    if not folders:
        return
    runtime = server.launch.runtime
    volume = "a `tmpfs`" if runtime.kind == "compose" else "an `emptyDir`"
    yield ctx.finding(
        runtime.privileges.read_only_root,
        f"the root is read-only, and {title(server)} writes to {', '.join(folders)}",
        help=f"mount {volume} at each of them, or above",
        subject=runtime.name,
    )
