"""The rule `gpu-request-shape`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.quantity import parse_quantity
from imagelint.knowledge.accelerators import accelerator
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Container, Severity.HIGH)
def gpu_request_shape(container: Container, ctx: Context) -> Findings:
    """The API server refuses the way in which the container asks for GPUs.

    GPUs are extended resources: they belong into `limits`, only whole ones exist, and a request
    must equal the limit. Everything else is refused when the manifest is applied, or never
    scheduled. See https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources:
                requests: {nvidia.com/gpu: 1}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources:
                limits: {nvidia.com/gpu: 1}
    """
    resources = container.body["resources"]
    limits, requests = resources["limits"], resources["requests"]
    for name, limit in limits.entries():
        quantity = limit.text()
        number = parse_quantity(quantity.value) if isinstance(quantity, Known) else None
        if accelerator(name) and number is not None and number != int(number):
            message = f"{name}: {quantity.value} is not a whole number of GPUs"
            help_ = "ask for whole ones; for parts use MIG or a time-slicing resource"
            yield ctx.finding(limit, message, help=help_, subject=container.name)
    if limits.templated or not (limits.exists or requests.exists):
        return
    for name, request in requests.entries():
        wanted, ceiling = request.text(), limits[name].text()
        if not accelerator(name) or not isinstance(wanted, Known):
            continue
        if ceiling is ABSENT:
            message = f"{name} is requested without a limit"
            help_ = f"write limits: {{{name}: {wanted.value}}}"
            yield ctx.finding(request, message, help=help_, subject=container.name)
        elif isinstance(ceiling, Known) and _differ(wanted.value, ceiling.value):
            message = f"{name}: the request {wanted.value} differs from the limit {ceiling.value}"
            yield ctx.finding(
                request,
                message,
                help="drop the request: it follows the limit",
                subject=container.name,
            )


def _differ(one: str, other: str) -> bool:
    first, second = parse_quantity(one), parse_quantity(other)
    return first is not None and second is not None and first != second
