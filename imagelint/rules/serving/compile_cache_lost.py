"""The rule `compile-cache-lost`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.queries.weights.cachemounts import lost_graphs
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.INFO, confidence=Confidence.LIKELY)
def compile_cache_lost(server: ServingCommand, ctx: Context) -> Findings:
    """The graphs that the server compiles at its start are compiled again at the next one.

    vLLM compiles the model for the GPU before it answers, and keeps the result in its cache
    folder. Where that is not on a volume, each restart spends one to three minutes more, on a GPU
    that does nothing else.

    Except:
        Servers that are told to compile nothing, images of others, folders that are not known.

    Bad (deployment.yaml):
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

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts:
                - {name: models, mountPath: /root/.cache/huggingface}
                - {name: graphs, mountPath: /root/.cache/vllm}
          volumes:
            - {name: models, persistentVolumeClaim: {claimName: models}}
            - {name: graphs, persistentVolumeClaim: {claimName: graphs}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, /models/m]
            volumes: ["/srv/models:/models:ro"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, /models/m]
            volumes: ["/srv/models:/models:ro", "models:/root/.cache/vllm"]
        volumes: {models: {}}
    """
    folder = lost_graphs(server)
    if folder:
        proposal = server.launch.runtime.platform.volume(folder)
        yield ctx.finding(
            proposal.place,
            f"what {title(server)} compiles into {folder} is not on a volume",
            help=proposal.advice,
            subject=server.launch.runtime.name,
        )
