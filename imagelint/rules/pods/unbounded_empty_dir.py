"""The rule `unbounded-empty-dir`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.deployment.limits import unbounded_volumes
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.runtime.field import Place
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.model import Volume


@rule(
    Pod,
    Severity.LOW,
    references=(
        "kube-score container-ephemeral-storage-request-and-limit",
        "Kyverno require-emptydir-requests-limits",
    ),
)
def unbounded_empty_dir(pod: Pod, ctx: Context) -> Findings:
    """A folder on the disk of the node may grow until the disk is full.

    Then the kubelet evicts pods, of whomever, and deletes the images that took minutes to pull.
    Caches and weights of models are hundreds of gigabytes.

    Except:
        Folders in memory, pods in which a container has a limit of `ephemeral-storage` (it holds
        for their volumes), patches, and namespaces with a LimitRange.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx:1.29.1
              volumeMounts: [{name: cache, mountPath: /var/cache/nginx}]
          volumes: [{name: cache, emptyDir: {}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx:1.29.1
              volumeMounts: [{name: cache, mountPath: /var/cache/nginx}]
          volumes: [{name: cache, emptyDir: {sizeLimit: 1Gi}}]
    """
    for volume in unbounded_volumes(pod, Scope(ctx.document, ctx.project, ctx.environment.closed)):
        yield ctx.finding(
            _place(volume),
            f"nothing limits the `emptyDir` {volume.name} on the disk of the node",
            help="write `emptyDir: {sizeLimit: …}`, or a limit of `ephemeral-storage`",
            subject=volume.name,
        )


def _place(volume: Volume) -> Node:
    """Where its type is written; all of it where nothing says what it is."""
    for source in volume.sources:
        if isinstance(source.value, Known) and source.value.span is not None:
            return Place(source.value.span, source.path)
    return volume
