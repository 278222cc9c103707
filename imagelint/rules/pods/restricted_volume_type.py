"""The rule `restricted-volume-type`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.kubernetes.objects import Pod
from imagelint.knowledge.kubernetes.pod_security import volume_types
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.LOW,
    references=("PSS restricted", "Trivy KSV-0028", "Kyverno restrict-volume-types"),
)
def restricted_volume_type(pod: Pod, ctx: Context) -> Findings:
    """The pod mounts storage past the claims by which a cluster hands it out.

    Whoever may write a pod then decides which export or disk is mounted, and as whom; a
    PersistentVolume leaves that to those who run the cluster. Of the types that are gone from
    Kubernetes (`gitRepo`, `glusterfs`) no node knows anything.

    Except:
        `hostPath`, which `host-path` speaks about. Drivers of CSI and images of models may be
        mounted. Pods of a DaemonSet are not told apart.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
          volumes: [{name: models, nfs: {server: nas.example.com, path: /models}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
          volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
    """
    for volume in pod.volumes:
        for source in volume.sources:
            kind = value_or(source.value, "")
            if kind in volume_types():
                yield ctx.finding(
                    source,
                    f"the volume `{volume.name}` is of the type `{kind}`",
                    help="use a `persistentVolumeClaim` for it",
                    subject=pod.owner.name,
                )
