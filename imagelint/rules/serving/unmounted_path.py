"""The rule `unmounted-path`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def unmounted_path(server: ServingCommand, ctx: Context) -> Findings:
    """The server is told a path at which nothing is mounted, in an image that does not hold it.

    An engine's own image holds no models, no templates of yours and no adapters. What is not on a
    volume is not there: the server takes the path for a name on the hub, or says that the file
    does not exist, and ends. Mostly the volume is mounted at another folder.

    Except:
        Images of others, folders that the engines' own images have, mounts that are not all in
        sight, paths that the same command fills, and objects whose operator mounts the model.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, /models/qwen3-8b]
              volumeMounts: [{name: models, mountPath: /model-store}]
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
              volumeMounts: [{name: models, mountPath: /models}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
    """
    if not server.own_image or server.launch.runtime.kind == "image":
        return
    from imagelint.documents.queries.start.paths import unmounted_paths

    for found in unmounted_paths(server):
        yield ctx.finding(
            found.place,
            f"nothing is mounted at `{found.path}`, which {title(server)} reads",
            help="mount the volume that holds it there, or write the path of its mount",
            subject=found.path,
        )
