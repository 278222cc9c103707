"""The rule `cache-not-writable`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.weights.modelcache import downloads_weights, refusing_mount
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def cache_not_writable(server: ServingCommand, ctx: Context) -> Findings:
    """The folder into which the weights are downloaded is mounted read-only.

    The server ends with "Read-only file system" at its first start, or, where the weights lie
    there already, as soon as the branch that it follows has moved: each start asks the hub.

    Except:
        Servers that are kept offline, models that are a path, and folders that are not known.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: models, mountPath: /root/.cache/huggingface, readOnly: true}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: models, mountPath: /root/.cache/huggingface}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            volumes: ["models:/root/.cache/huggingface:ro"]
        volumes: {models: {}}

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            volumes: ["models:/root/.cache/huggingface:ro"]
            environment: {HF_HUB_OFFLINE: "1"}
        volumes: {models: {}}
    """
    mount = refusing_mount(server) if downloads_weights(server) else None
    if mount is None or not isinstance(server.model, Known):
        return
    yield ctx.finding(
        mount,
        f"{server.model.value} is downloaded to a volume that is mounted read-only",
        help="mount it writable, or set `HF_HUB_OFFLINE` where the weights are put there before",
        subject=server.launch.runtime.name,
    )
