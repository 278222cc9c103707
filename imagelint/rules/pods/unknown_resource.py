"""The rule `unknown-resource`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.resources import wrong_resources
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Container, Severity.HIGH)
def unknown_resource(container: Container, ctx: Context) -> Findings:
    """The container asks for a resource that no node has.

    The API server refuses names without a domain. Others it takes, and the pod waits for ever: for
    `nvidia.com/gpus`, or for a slice into which no GPU can be cut.

    Except: resources of other vendors, names that a template fills in, and custom resources whose
    operator may know names of its own.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {gpu: 1}}

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
    for wrong in wrong_resources(container):
        yield ctx.finding(
            wrong.place,
            wrong.why,
            help=wrong.help,
            subject=wrong.name,
            confidence=None if wrong.refused else Confidence.LIKELY,
        )
