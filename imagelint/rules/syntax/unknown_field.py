"""The rule `unknown-field`."""

from __future__ import annotations

from imagelint.documents.complaints import UnknownField
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(UnknownField, Severity.HIGH, references=("kube-linter schema-validation",))
def unknown_field(complaint: UnknownField, ctx: Context) -> Findings:
    """A Kubernetes object has a field that no release of Kubernetes knows.

    `kubectl apply` refuses the object since 1.27; other clients have the API server drop the field
    without a word: a limit, a probe or a security context that is misspelt, or stands one level too
    high or too low, then does not hold.

    Except:
        Custom resources, whose fields their own schema says, but for the pods in those of operators
        that are known (JobSet, KubeRay, KServe and others); what a template fills in; `status`, and
        directives of patches (`$patch`).

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resource: {limits: {nvidia.com/gpu: 1}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {nvidia.com/gpu: 1}}
    """
    yield ctx.complaint(complaint)
