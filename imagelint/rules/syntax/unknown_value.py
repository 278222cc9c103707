"""The rule `unknown-value`."""

from __future__ import annotations

from imagelint.documents.shared import UnknownValue
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(UnknownValue, Severity.HIGH)
def unknown_value(value: UnknownValue, ctx: Context) -> Findings:
    """A field that takes one of a few words holds another one.

    The API server, the kubelet or the container engine refuses it, or passes over it: a profile
    that does not exist protects from nothing, a capability that does not exist is neither added
    nor dropped, a health check of an unknown type never runs. Such words are spelt exactly, with
    capitals.

    Except: what a template fills in, and placeholders. `CAP_` in front of a capability of a pod is
    only likely to be wrong: containerd does not know such names, CRI-O does.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {seccompProfile: {type: runtimeDefault}}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.11.0
            healthcheck: {test: [curl, -f, "http://localhost:8000/health"]}

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.11.0
            healthcheck: {test: [CMD, curl, -f, "http://localhost:8000/health"]}
    """
    yield ctx.finding(
        value,
        value.message,
        help=value.help,
        subject=value.path,
        confidence=None if value.certain else Confidence.LIKELY,
    )
