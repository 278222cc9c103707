"""The rule `hardcoded-visible-devices`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.gpus.visibility import (
    OF_PROCESSES,
    OF_RUNTIME,
    VisibleDevices,
    device_that_is_none,
    is_overwritten,
    reaches_a_container,
    visible_devices,
)
from imagelint.documents.queries.serving import gpus_in_words
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.knowledge.cuda import is_cuda_repository
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document

_NO_NUMBER = "-1"
_NO_DEVICE = "`%s` is no device: CUDA sees no GPU from there on"


@rule(
    (EnvVar, Container, ComposeService),
    Severity.HIGH,
    references=("tally gpu/no-hardcoded-visible-devices",),
)
def hardcoded_visible_devices(
    subject: EnvVar | Container | ComposeService, ctx: Context
) -> Findings:
    """The GPUs that the server may use are fixed by numbers which mean others elsewhere.

    A container that gets GPUs sees them numbered from 0, whichever they are of its host. A number
    in `CUDA_VISIBLE_DEVICES`, `HIP_VISIBLE_DEVICES` or `ROCR_VISIBLE_DEVICES` beyond those leaves
    it with fewer GPUs, or none; the identity of one card with none on every other machine. Without
    the variable it sees what it asked for. In an image such numbers hold for every host. A word
    that is no device (`CUDA_VISIBLE_DEVICES=all`) leaves CUDA without any.

    Except:
        Empty values, `-1` and `none`, which mean the CPU (in an image upon `nvidia/cuda`, `-1` is a
        low finding); lists of just those that the container
        has, which are a low finding in pods; stages that other stages use, and what a later ENV
        overwrites. `NVIDIA_VISIBLE_DEVICES=all` in an image is right, and information upon
        `nvidia/cuda`, which sets it.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              env: [{name: CUDA_VISIBLE_DEVICES, value: "2,3"}]
              resources: {limits: {nvidia.com/gpu: 2}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {nvidia.com/gpu: 2}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            environment: {CUDA_VISIBLE_DEVICES: "1"}
            gpus: [{device_ids: ["1"]}]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            gpus: [{device_ids: ["1"]}]

    Bad:
        FROM vllm/vllm-openai:v0.30.0
        ENV CUDA_VISIBLE_DEVICES=0
        CMD ["--model", "Qwen/Qwen3-8B"]

    Good:
        FROM vllm/vllm-openai:v0.30.0
        CMD ["--model", "Qwen/Qwen3-8B"]
    """
    if isinstance(subject, EnvVar):
        if subject.name in OF_PROCESSES + OF_RUNTIME:
            yield from _in_image(subject, ctx)
        return
    for name in OF_PROCESSES:
        variable = subject.variable(name)
        fixed = visible_devices(variable) if variable is not None else None
        judged = _judged(subject, fixed) if fixed is not None else None
        word = device_that_is_none(variable) if variable is not None else ""
        if word:
            judged = Severity.HIGH, Confidence.CERTAIN, _NO_DEVICE % word
        if variable is not None and judged is not None:
            severity, confidence, message = judged
            yield ctx.finding(
                variable,
                message if word else f"{name}={message}",
                help="drop it: the container sees the GPUs that it asks for, and no others",
                subject=subject.name,
                severity=severity,
                confidence=confidence,
                fix=ctx.dropped(name, variable),
            )


def _in_image(variable: EnvVar, ctx: Context) -> Findings:
    if variable.origin is not EnvOrigin.ENV or not reaches_a_container(ctx.document, variable):
        return
    judged = _judged_in_image(variable, ctx.document)
    if judged is not None and not is_overwritten(ctx.document, variable):
        severity, confidence, message = judged
        yield ctx.finding(
            variable,
            message,
            help="drop it; whoever runs the image says which it gets",
            subject=variable.name,
            severity=severity,
            confidence=confidence,
            fix=ctx.dropped(variable.name, variable),
        )


def _judged_in_image(
    variable: EnvVar, document: Document
) -> tuple[Severity, Confidence, str] | None:
    if word := device_that_is_none(variable):
        return Severity.HIGH, Confidence.CERTAIN, _NO_DEVICE % word
    fixed = visible_devices(variable)
    if fixed is not None:
        message = f"{variable.name}={fixed.written} chooses GPUs of every host that runs the image"
        return Severity.MEDIUM, Confidence.LIKELY, message
    if value_or(variable.value, "") == _NO_NUMBER and _is_upon_cuda(variable, document):
        message = f"{variable.name}={_NO_NUMBER} hides every GPU, in an image that brings CUDA"
        return Severity.LOW, Confidence.LIKELY, message
    if _repeats_base(variable, document):
        message = f"`nvidia/cuda` sets {variable.name}=all already"
        return Severity.INFO, Confidence.CERTAIN, message
    return None


def _repeats_base(variable: EnvVar, document: Document) -> bool:
    """Whether the image of NVIDIA that a stage is built upon says the same.

    gitlab.com/nvidia/container-images/cuda: dist/12.8.1/ubuntu2404/base/Dockerfile
    """
    if variable.name not in OF_RUNTIME or value_or(variable.value, "") != "all":
        return False
    return _is_upon_cuda(variable, document)


def _is_upon_cuda(variable: EnvVar, document: Document) -> bool:
    """Whether a variable is set upon an image of CUDA."""
    stage = enclosing_stage(document, variable.span)
    use = stage.root_image if stage is not None else None
    return (
        use is not None
        and isinstance(use.reference, Known)
        and is_cuda_repository(use.reference.value)
    )


def _judged(
    subject: Container | ComposeService, fixed: VisibleDevices
) -> tuple[Severity, Confidence, str] | None:
    gpus = subject.runtime.gpus
    if not isinstance(gpus, Known):
        return None
    pod = subject.runtime.kind == "pod"
    if fixed.identity:
        message = f"{fixed.written} is one card of one machine"
        return (Severity.HIGH, Confidence.LIKELY, message) if pod else None
    quantity = gpus.value.quantity
    if not isinstance(quantity, Known):
        return None
    count = int(quantity.value)
    if fixed.highest >= count:
        message = f"{fixed.written} names GPUs that are not there: it sees {gpus_in_words(count)}"
        return Severity.HIGH, Confidence.CERTAIN, f"{message}, numbered from 0"
    if fixed.number < count:
        message = f"{fixed.written} hides {count - fixed.number} of {gpus_in_words(count)}"
        return Severity.MEDIUM, Confidence.LIKELY, message
    message = f"{fixed.written} repeats what the device plugin decides"
    return (Severity.LOW, Confidence.CERTAIN, message) if pod else None
