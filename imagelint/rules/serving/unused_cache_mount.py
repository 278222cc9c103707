"""The rule `unused-cache-mount`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.queries.serving import title
from imagelint.documents.queries.weights.cachemounts import unused_mount
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def unused_cache_mount(server: ServingCommand, ctx: Context) -> Findings:
    """A volume is mounted for weights, and the server keeps them in another folder.

    The volume stays empty, and each restart downloads the weights again: `HF_HOME` puts them
    elsewhere, the user who runs the server has another home than `/root`, or the image has a
    folder of its own (TGI's `/data`, NIM's `/opt/nim/.cache`).

    Except:
        Folders of which a part, or all, is on a volume, models that are a path or kept offline,
        images of others. Where only the home of the user is not known, it is likely, and medium.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: HF_HOME, value: /models}]
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
              env: [{name: HF_HOME, value: /models}]
              volumeMounts: [{name: models, mountPath: /models}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Bad (compose.yaml):
        services:
          llm:
            image: ghcr.io/huggingface/text-generation-inference:3.3.7
            command: [--model-id, Qwen/Qwen3-8B]
            volumes: ["models:/root/.cache/huggingface"]
        volumes: {models: {}}

    Good (compose.yaml):
        services:
          llm:
            image: ghcr.io/huggingface/text-generation-inference:3.3.7
            command: [--model-id, Qwen/Qwen3-8B]
            volumes: ["models:/data"]
        volumes: {models: {}}
    """
    found = unused_mount(server)
    if found is None:
        return
    target = value_or(found.mount.target, "").rstrip("/")
    if found.folder:
        where = found.folder.removesuffix("/hub")
        message = f"{title(server)} keeps weights in {where}, and not in {target}"
        help_ = f"mount the volume at `{where}`"
    else:
        user = value_or(server.launch.runtime.user, "").partition(":")[0]
        message = f"{target} is in the home of root, and {title(server)} runs as user {user}"
        help_ = "set `HF_HOME` to a folder that this user may write, and mount the volume there"
    yield ctx.finding(
        found.mount,
        message,
        help=help_,
        subject=server.launch.runtime.name,
        severity=None if found.folder else Severity.MEDIUM,
        confidence=None if found.folder and not server.concluded else Confidence.LIKELY,
    )
