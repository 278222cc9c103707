"""The rule `malformed-label`."""

from __future__ import annotations

from imagelint.documents.complaints import MalformedLabel
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(MalformedLabel, Severity.HIGH, references=("kube-score label-values",))
def malformed_label(complaint: MalformedLabel, ctx: Context) -> Findings:
    """A label, or a selector, has a key or a value that the API server refuses.

    A value has letters, digits, `-`, `_` and `.`, begins and ends with a letter or a digit, and is
    at most 63 characters long: names of models with their `/` are none. Annotations take anything.

    Except: what a template fills in, and what stands for a value (`<value>`).

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata:
          name: llm
          labels: {model: Qwen/Qwen3-8B}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata:
          name: llm
          annotations: {model: Qwen/Qwen3-8B}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
    """
    yield ctx.complaint(complaint)
