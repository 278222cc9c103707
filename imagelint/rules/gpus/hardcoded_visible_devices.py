"""The rule `hardcoded-visible-devices`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.gpus.visibility import (
    OF_PROCESSES,
    OF_RUNTIME,
    VisibleDevices,
    visible_devices,
)
from imagelint.documents.queries.serving import gpus_in_words
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


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
    the variable it sees what it asked for. In an image such numbers hold for every host.

    Except:
        Empty values and `-1`, which mean the CPU; lists of just those that the container has, which
        are a low finding in pods; `all` in an image.

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
        if subject.origin is not EnvOrigin.ENV or not subject.place.shipped:
            return
        fixed = visible_devices(subject) if subject.name in OF_PROCESSES + OF_RUNTIME else None
        if fixed is not None:
            yield ctx.finding(
                subject,
                f"{subject.name}={fixed.written} chooses GPUs of every host that runs the image",
                help="drop it; whoever runs the image says which it gets",
                subject=subject.name,
                severity=Severity.MEDIUM,
                confidence=Confidence.LIKELY,
            )
        return
    for name in OF_PROCESSES:
        variable = subject.variable(name)
        fixed = visible_devices(variable) if variable is not None else None
        judged = _judged(subject, fixed) if fixed is not None else None
        if variable is not None and judged is not None:
            severity, confidence, message = judged
            yield ctx.finding(
                variable,
                f"{name}={message}",
                help="drop it: the container sees the GPUs that it asks for, and no others",
                subject=subject.name,
                severity=severity,
                confidence=confidence,
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
