"""The rule `cache-volume-missing`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.weights.lostweights import lost_weights
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_SMALL_GB = 3.0


@rule(ServingCommand, Severity.MEDIUM)
def cache_volume_missing(server: ServingCommand, ctx: Context) -> Findings:
    """The weights are downloaded again at every start.

    The folder into which the server downloads its model is not on a volume, so they go into the
    container's own layer: each restart waits for the network, needs the hub to be up, and fills
    the disk of the node.

    Except:
        Models that are a path or kept offline, workloads of an operator. An `emptyDir`, which
        lasts as long as its pod, also where an init container fills it, models below 3 GB, and
        those for embeddings whose size is not known get a low severity.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
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
              volumeMounts: [{name: models, mountPath: /root/.cache/huggingface}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Bad (compose.yaml):
        services:
          llm:
            image: ollama/ollama:0.40.1

    Good (compose.yaml):
        services:
          llm:
            image: ollama/ollama:0.40.1
            volumes: ["models:/root/.ollama"]
        volumes: {models: {}}
    """
    runtime = server.launch.runtime
    lost = lost_weights(ctx.document, server) if runtime.restarts else None
    if lost is None:
        return
    what, small = _weights(server)
    proposal = runtime.platform.volume(lost.folder.removesuffix("/hub"))
    yield ctx.finding(
        lost.mount or proposal.place,
        f"{lost.before}{what}{lost.after}",
        help=proposal.advice,
        subject=runtime.name,
        severity=Severity.LOW if small or lost.mount is not None else None,
        confidence=None if lost.folder else Confidence.LIKELY,
        notes=tuple(ctx.note(*one) for one in lost.places),
    )


def _weights(server: ServingCommand) -> tuple[str, bool]:
    size = server.checkpoint_gb()
    if not isinstance(size, Known):
        return "the weights", server.only_embeds
    return f"{size.value:g} GB of weights", size.value < _SMALL_GB
