"""The rule `duplicate-name`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH, references=("kube-score container-ports-check",))
def duplicate_name(pod: Pod, ctx: Context) -> Findings:
    """A pod has two volumes, containers, mounts or ports of one name.

    The API server refuses it: the names of volumes and containers are unique in a pod, mount paths
    and the names of ports in a container.

    Except: what a template fills in, and patches, in which a name may stand twice.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              volumeMounts:
                - {name: models, mountPath: /data}
                - {name: cache, mountPath: /data}
          volumes: [{name: models, emptyDir: {}}, {name: cache, emptyDir: {}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              volumeMounts:
                - {name: models, mountPath: /data}
                - {name: cache, mountPath: /cache}
          volumes: [{name: models, emptyDir: {}}, {name: cache, emptyDir: {}}]
    """
    if pod.partial:
        return
    for repeated in pod.repeated_names:
        yield ctx.finding(
            repeated.place,
            f"there is a {repeated.what} `{repeated.name}` already",
            help="give it another name, or drop one of them",
            notes=(ctx.note("the first one", repeated.first),),
            subject=repeated.name,
            confidence=None if pod.owner.is_own else Confidence.LIKELY,
        )
