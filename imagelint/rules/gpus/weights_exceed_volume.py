"""The rule `weights-exceed-volume`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.weights.hubdownloads import prepared_weights
from imagelint.documents.queries.weights.modelcache import (
    downloads_weights,
    volume_at,
    weights_folder,
)
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.runtime.model import Mount


@rule(ServingCommand, Severity.HIGH)
def weights_exceed_volume(server: ServingCommand, ctx: Context) -> Findings:
    """The volume for the weights is smaller than the weights.

    The kubelet evicts a pod whose `emptyDir` grows beyond its `sizeLimit`, and a claim is full when
    it is full: the download ends with `No space left on device`, at every start anew.

    Except:
        Volumes whose size is not written, and models whose name does not tell theirs.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.3-70B-Instruct, -tp, "4"]
              volumeMounts: [{name: models, mountPath: /root/.cache/huggingface}]
          volumes: [{name: models, emptyDir: {sizeLimit: 100Gi}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.3-70B-Instruct, -tp, "4"]
              volumeMounts: [{name: models, mountPath: /root/.cache/huggingface}]
          volumes: [{name: models, emptyDir: {sizeLimit: 200Gi}}]
    """
    for prepared in prepared_weights(ctx.document, server):
        yield from _too_small(server, prepared.mount, prepared.gigabytes, ctx, prepared.model)
    weights, folder = server.checkpoint_gb(), weights_folder(server)
    if not (isinstance(weights, Known) and isinstance(folder, Known)):
        return
    if not downloads_weights(server):
        return
    mount = volume_at(server, folder.value)
    if mount is not None:
        yield from _too_small(server, mount, weights.value, ctx)


def _too_small(
    server: ServingCommand, mount: Mount, gigabytes: float, ctx: Context, of: str = "weights"
) -> Findings:
    room = mount.size.value / 1e9 if isinstance(mount.size, Known) else 0
    if 0 < room < gigabytes:
        yield ctx.finding(
            mount,
            f"{gigabytes:g} GB of {of} are downloaded to a volume of {room:.1f} GB",
            help="give the volume more than the weights take",
            subject=server.launch.runtime.name,
        )
