"""The rule `invalid-quantity`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidQuantity
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(InvalidQuantity, Severity.HIGH)
def invalid_quantity(complaint: InvalidQuantity, ctx: Context) -> Findings:
    """An amount of memory, processors or storage in a Kubernetes object is none.

    Nor is one of a line, or of a unit of Podman, that runs a container: `--memory`, `ShmSize=`.

    The API server refuses it. Units are spelt exactly: `Ki`, `Mi`, `Gi`, `Ti` for powers of 1024,
    `k`, `M`, `G`, `T` for powers of 1000, `m` for a thousandth; never with a `B` or a blank.

    Except: what a template fills in. What device plug-ins count is judged by `gpu-request-shape`.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {memory: 64GB}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {memory: 64G}}
    """
    yield ctx.complaint(complaint)
