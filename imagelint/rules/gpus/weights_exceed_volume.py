"""The rule `weights-exceed-volume`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.queries.weights.hubdownloads import prepared_weights
from imagelint.documents.queries.weights.modelcache import (
    downloads_weights,
    volume_at,
    weights_folder,
)
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.runtime.model import Mount

_LAYER = "ephemeral-storage"


@rule((ServingCommand, Pod), Severity.HIGH)
def weights_exceed_volume(subject: ServingCommand | Pod, ctx: Context) -> Findings:
    """The volume for the weights is smaller than the weights.

    The kubelet evicts a pod whose `emptyDir` grows beyond its `sizeLimit`, and a claim is full when
    it is full: the download ends with `No space left on device`, at every start anew. Without a
    volume the weights go into the layer of the container, which may grow to the limit of
    `ephemeral-storage`.

    Except:
        Volumes whose size is not written, models whose name does not tell theirs, and claims of
        file shares and of folders of the node, which may be larger than what is asked for.

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
    if isinstance(subject, Pod):
        yield from _on_claims(subject, ctx)
        return
    server = subject
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
    elif server.launch.runtime.mounts is not UNKNOWN:
        yield from _above_limit(server, weights.value, ctx)


def _on_claims(pod: Pod, ctx: Context) -> Findings:
    """Weights on a claim that stands in an object of its own."""
    from imagelint.deployment.cachevolumes import claimed_room, filled_claims

    for filled in filled_claims(pod, ctx.document, ctx.project):
        if filled.room < filled.gigabytes:
            yield ctx.finding(
                filled.mount,
                f"{filled.gigabytes:g} GB of weights are downloaded to the claim `{filled.claim}` "
                f"of {filled.room:.1f} GB",
                help="let the claim ask for more than the weights take",
                subject=filled.container,
                confidence=Confidence.LIKELY,
            )
    for room in claimed_room(pod, ctx.document, ctx.project):
        weights = room.server.checkpoint_gb()
        if isinstance(weights, Known) and room.size / 1e9 < weights.value:
            yield ctx.finding(
                room.mount,
                f"{weights.value:g} GB of weights are downloaded to the claim `{room.claim}` "
                f"of {room.size / 1e9:.1f} GB",
                help="let the claim ask for more than the weights take",
                subject=room.server.launch.runtime.name,
                confidence=Confidence.LIKELY,
            )


def _above_limit(server: ServingCommand, gigabytes: float, ctx: Context) -> Findings:
    """Weights in the layer of the container, which has a limit.

    https://kubernetes.io/docs/concepts/storage/ephemeral-storage/
    """
    limits = server.launch.runtime.resources.limits
    for limit in limits.value if isinstance(limits, Known) else ():
        value = limit.quantity.value if limit.name == _LAYER else UNKNOWN
        room = (parse_quantity(value.value) or 0) / 1e9 if isinstance(value, Known) else 0
        if 0 < room < gigabytes:
            yield ctx.finding(
                limit.quantity.place,
                f"{gigabytes:g} GB of weights are downloaded into the container, "
                f"which may write {room:.1f} GB",
                help="mount a volume for them, or raise the limit above what they take",
                subject=server.launch.runtime.name,
            )


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
