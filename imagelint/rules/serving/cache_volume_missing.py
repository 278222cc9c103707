"""The rule `cache-volume-missing`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.modelcache import (
    downloads_weights,
    is_temporary,
    volume_at,
    volumes,
    weights_folder,
)
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
        lasts as long as its pod, and models below 3 GB get a low severity.

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
    mounts, folder = volumes(server), weights_folder(server)
    if not isinstance(mounts, Known) or not runtime.restarts or not downloads_weights(server):
        return
    if not isinstance(folder, Known) and mounts.value:
        return
    mount = volume_at(server, folder.value) if isinstance(folder, Known) else None
    if mount is not None and not is_temporary(mount):
        return
    what, small = _weights(server)
    path = folder.value if isinstance(folder, Known) else ""
    proposal = runtime.platform.volume(path.removesuffix("/hub") or "the model cache")
    lost = "which ends with the pod" if mount is not None else "which is not on a volume"
    yield ctx.finding(
        mount or proposal.place,
        f"{what} are downloaded to {path}, {lost}" if path else f"no volume holds {what}",
        help=proposal.advice,
        subject=runtime.name,
        severity=Severity.LOW if small or mount is not None else None,
        confidence=None if path else Confidence.LIKELY,
    )


def _weights(server: ServingCommand) -> tuple[str, bool]:
    size = server.checkpoint_gb()
    if not isinstance(size, Known):
        return "the weights", False
    return f"{size.value:g} GB of weights", size.value < _SMALL_GB
