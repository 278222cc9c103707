"""The rule `request-above-limit`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.quantity import parse_quantity
from imagelint.knowledge.kubernetes.resources import may_be_overcommitted
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Container, Severity.HIGH)
def request_above_limit(container: Container, ctx: Context) -> Findings:
    """The container asks for more of a resource than it may use.

    The API server refuses the pod.

    Except: devices, which `gpu-request-shape` speaks about, and what a template fills in.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {requests: {memory: 64Gi}, limits: {memory: 32Gi}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {requests: {memory: 32Gi}, limits: {memory: 32Gi}}
    """
    resources = container.runtime.resources
    if not isinstance(resources.limits, Known) or not isinstance(resources.requests, Known):
        return
    limits = {one.name: one.quantity.value for one in resources.limits.value}
    for one in resources.requests.value:
        asked, most = one.quantity.value, limits.get(one.name)
        if not isinstance(asked, Known) or not isinstance(most, Known):
            continue
        number, limit = parse_quantity(asked.value), parse_quantity(most.value)
        above = number is not None and limit is not None and number > limit
        if above and may_be_overcommitted(one.name):
            yield ctx.finding(
                one.quantity,
                f"{one.name}: the request {asked.value} is above the limit {most.value}",
                help="ask for no more than the limit, or raise it",
                subject=container.name,
            )
