"""The rule `offline-without-weights`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.queries.start.fights import offline_without_weights as offline
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def offline_without_weights(server: ServingCommand, ctx: Context) -> Findings:
    """The server may not download its model, and nothing else brings it.

    The model is a name on the hub, the image is the engine's own, which holds no weights, and no
    volume is mounted that could: the server ends with `LocalEntryNotFoundError`. A volume that is
    made with the pod, and that no other container mounts, is empty.

    Except: images of others, which may hold the weights, and any other volume.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: HF_HUB_OFFLINE, value: "1"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: HF_HUB_OFFLINE, value: "1"}]
              volumeMounts: [{name: models, mountPath: /root/.cache/huggingface}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen3-8B]
            environment: [TRANSFORMERS_OFFLINE=1]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen3-8B]
            environment: [TRANSFORMERS_OFFLINE=1]
            volumes: ["/srv/hub:/root/.cache/huggingface"]
    """
    found = offline(ctx.document, server)
    if found is not None:
        yield ctx.finding(
            found,
            f"`{found.name}`: nothing in sight holds {value_or(server.model, '')}",
            help="mount the volume that holds the weights, or let the server download them",
            subject=server.launch.runtime.name,
        )
