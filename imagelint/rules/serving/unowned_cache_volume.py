"""The rule `unowned-cache-volume`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.deployment.cachevolumes import unowned_volumes
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.MEDIUM, confidence=Confidence.LIKELY)
def unowned_cache_volume(pod: Pod, ctx: Context) -> Findings:
    """The volume for weights belongs to root, and the server runs as another user.

    A new volume of a block device has one folder, which root alone may write. `fsGroup` makes
    Kubernetes hand it to a group of the pod; without it the download ends with "permission
    denied" after the image was pulled and the GPU was taken.

    Except:
        Claims of file shares and of folders of the node, which are open to all or hand over
        nothing, pods whose init containers mount the volume, users that are not known.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {runAsUser: 2000}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: models, mountPath: /home/vllm/.cache/huggingface}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {runAsUser: 2000, fsGroup: 2000}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: models, mountPath: /home/vllm/.cache/huggingface}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
    """
    for server, mount in unowned_volumes(pod, ctx.document, ctx.project):
        user = value_or(server.launch.runtime.user, "").partition(":")[0]
        yield ctx.finding(
            mount,
            f"nothing lets user {user} write the volume on which {title(server)} keeps weights",
            help=f"write `fsGroup: {user}` into the `securityContext` of the pod",
            subject=server.launch.runtime.name,
        )
