"""The rule `mount-without-volume`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.core.nearest import nearest
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Container, Severity.HIGH)
def mount_without_volume(container: Container, ctx: Context) -> Findings:
    """The container mounts a volume that its pod does not have.

    The API server refuses the pod. Most often the volume has another name by one letter, or was
    left behind when a container was copied from another file.

    Except: where a template, a patch or an operator may add volumes.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              volumeMounts: [{name: weights, mountPath: /models}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              volumeMounts: [{name: models, mountPath: /models}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
    """
    for mount in container.unmet_mounts:
        name, there = value_or(mount.value, ""), container.volume_names
        meant = nearest(name, there) or (there[0] if len(there) == 1 else "")
        help_ = f"define `{name}` among the volumes of the pod"
        yield ctx.finding(
            mount,
            f"the pod has no volume `{name}`",
            help=f"{help_}, or mount `{meant}`" if meant else help_,
            subject=name,
        )
