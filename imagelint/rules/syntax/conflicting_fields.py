"""The rule `conflicting-fields`."""

from __future__ import annotations

from imagelint.documents.complaints import ConflictingFields
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ConflictingFields, Severity.HIGH)
def conflicting_fields(complaint: ConflictingFields, ctx: Context) -> Findings:
    """A Kubernetes object says two things of which the API server takes one alone.

    Two handlers in a probe, two sources of a volume, a value and a source of one, a rolling update
    of what is replaced at once, `Never` for the pods of a Deployment: it refuses the object.

    Except: what is null, as patches and rendered charts write what they take away.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
          volumes:
            - name: models
              emptyDir: {}
              persistentVolumeClaim: {claimName: models}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
          volumes:
            - name: models
              persistentVolumeClaim: {claimName: models}
    """
    yield ctx.complaint(complaint)
