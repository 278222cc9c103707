"""The rule `gpu-request-shape`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.quantity import parse_quantity
from imagelint.knowledge.accelerators import MOST_DEVICES, accelerator
from imagelint.knowledge.kubernetes.resources import is_extended, may_be_overcommitted
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.runtime.details import Resource
    from imagelint.documents.runtime.field import Field


_LONGEST = 40


@rule(Container, Severity.HIGH)
def gpu_request_shape(container: Container, ctx: Context) -> Findings:
    """The API server refuses the way in which the container asks for GPUs.

    GPUs are extended resources: they belong into `limits`, only whole ones exist, no node has
    thousands, and a request must equal the limit. Everything else is refused when the manifest is
    applied, or never scheduled. See https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/.
    The same holds for all that device plug-ins count (`rdma/hca`), and in part for huge pages.

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
    resources = container.runtime.resources
    limits, requests = _quantities(resources.limits), _quantities(resources.requests)
    for name, limit in limits.items():
        if is_extended(name) and isinstance(limit.value, Known):
            yield from _count(container, (name, limit), limit.value.value, ctx)
    if resources.limits is not UNKNOWN:
        open_ = UNKNOWN if container.partial else ABSENT
        for name, request in requests.items():
            if not may_be_overcommitted(name):
                ceiling = limits[name].value if name in limits else open_
                yield from _beside_limit(container, (name, request), ceiling, ctx)


def _count(
    container: Container, limit: tuple[str, Field[str]], written: str, ctx: Context
) -> Findings:
    name, place = limit
    number = parse_quantity(written)
    shown = written if len(written) <= _LONGEST else f"{written[:_LONGEST]}…"
    help_ = "ask for a whole number of them, 1 or more"
    if number is None:
        if not written.lstrip("+-.")[:1].isdecimal():  # what something else will replace
            return
        message = f"{name}: {shown} is no quantity of Kubernetes"
    elif accelerator(name) and number > MOST_DEVICES:
        message = f"{name}: no node has {shown} GPUs"
    elif number < 0 or number != int(number):
        message = f"{name}: {shown} is not a whole number{' of GPUs' if accelerator(name) else ''}"
        help_ += "; for parts use MIG or a time-slicing resource" if accelerator(name) else ""
    else:
        return
    yield ctx.finding(place, message, help=help_, subject=container.name)


def _quantities(listed: Fact[tuple[Resource, ...]]) -> dict[str, Field[str]]:
    found: tuple[Resource, ...] = listed.value if isinstance(listed, Known) else ()
    return {resource.name: resource.quantity for resource in found}


def _beside_limit(
    container: Container, asked: tuple[str, Field[str]], ceiling: Fact[str], ctx: Context
) -> Findings:
    name, request = asked
    wanted = request.value
    if not isinstance(wanted, Known):
        return
    if ceiling is ABSENT:
        message = f"{name} is requested without a limit"
        help_ = f"write `limits: {{{name}: {wanted.value}}}`"
        yield ctx.finding(request, message, help=help_, subject=container.name)
    elif isinstance(ceiling, Known) and _differ(wanted.value, ceiling.value):
        message = f"{name}: the request {wanted.value} differs from the limit {ceiling.value}"
        yield ctx.finding(
            request,
            message,
            help=f"write `{ceiling.value}` for both, or drop the request",
            subject=container.name,
            fix=ctx.reworded(request, wanted.value, ceiling.value),
        )


def _differ(one: str, other: str) -> bool:
    first, second = parse_quantity(one), parse_quantity(other)
    return first is not None and second is not None and first != second
