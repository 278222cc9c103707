"""The rule `unfit-driver-capabilities`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.queries.gpus.visibility import is_overwritten, reaches_a_container
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

_VARIABLE = "NVIDIA_DRIVER_CAPABILITIES"
_ALL = "all"
# What the container toolkit knows, letter by letter; with any other it starts no container:
# https://github.com/NVIDIA/nvidia-container-toolkit, getDriverCapabilities
_KNOWN = frozenset(
    {"compute", "compat32", "graphics", "utility", "video", "display", "ngx", _ALL, "none"}
)
_WORD = pattern(r"[A-Za-z][A-Za-z0-9_-]*")
_REACHING = (EnvOrigin.ENV, EnvOrigin.POD, EnvOrigin.COMPOSE)
# https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html
_LACKING = {
    "compute": (Severity.HIGH, Confidence.CERTAIN, "without the CUDA driver"),
    "utility": (Severity.MEDIUM, Confidence.LIKELY, "without NVML, by which it looks for GPUs"),
}


@rule(
    (ServingCommand, EnvVar),
    Severity.HIGH,
    references=("tally gpu/prefer-minimal-driver-capabilities",),
)
def unfit_driver_capabilities(subject: ServingCommand | EnvVar, ctx: Context) -> Findings:
    """The container gets other parts of the GPU driver than it needs.

    `NVIDIA_DRIVER_CAPABILITIES` lists the parts that the container runtime mounts. A model server
    needs `compute`, without which there is no CUDA, and `utility`, without which there is neither
    `nvidia-smi` nor the library by which engines find out how many GPUs there are. `all` brings
    libraries for graphics, video and displays as well, whose holes are then in reach. With a
    part that it does not know (`ALL`, `computes`), the container toolkit starts no container.

    Except:
        `graphics` and `video` beside the two, stages that other stages use, and what a later ENV
        overwrites. `all` is an info, since some software asks for it.

    Bad:
        FROM vllm/vllm-openai:v0.30.0
        ENV NVIDIA_DRIVER_CAPABILITIES=utility
        CMD ["--model", "Qwen/Qwen3-8B"]

    Good:
        FROM vllm/vllm-openai:v0.30.0
        ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility
        CMD ["--model", "Qwen/Qwen3-8B"]

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: NVIDIA_DRIVER_CAPABILITIES, value: utility}]
              resources: {limits: {nvidia.com/gpu: 1}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: NVIDIA_DRIVER_CAPABILITIES, value: "compute,utility"}]
              resources: {limits: {nvidia.com/gpu: 1}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            environment: {NVIDIA_DRIVER_CAPABILITIES: utility}
            gpus: all

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            environment: {NVIDIA_DRIVER_CAPABILITIES: "compute,utility"}
            gpus: all
    """
    if isinstance(subject, EnvVar):
        if subject.name == _VARIABLE:
            yield from _wide(subject, ctx)
        return
    # The container's runtime reads what the container has, and not what its command line sets.
    reaching = [one for one in subject.launch.env if one.origin in _REACHING]
    said = next((one for one in reversed(reaching) if one.name == _VARIABLE), None)
    words = _words(said) if said is not None and subject.engine else frozenset()
    for word, (severity, confidence, effect) in _LACKING.items():
        if said is not None and words <= _KNOWN - {_ALL} and words and word not in words:
            yield ctx.finding(
                said,
                f"{title(subject)} runs {effect}: `{word}` is missing",
                help="write `compute,utility`",
                subject=subject.launch.runtime.name,
                severity=severity,
                confidence=confidence,
                fix=_rewritten(said, ctx),
            )
            return


def _wide(variable: EnvVar, ctx: Context) -> Findings:
    words = _words(variable)
    strange = sorted(words - _KNOWN)
    if not (_ALL in words or strange) or variable.origin not in _REACHING:
        return
    document = ctx.document
    if not reaches_a_container(document, variable) or is_overwritten(document, variable):
        return
    if _ALL in words:
        yield ctx.finding(
            variable,
            "all parts of the driver are mounted, those for graphics and displays too",
            help=f"write `{_VARIABLE}=compute,utility`, with what else is used",
            subject=_VARIABLE,
            severity=Severity.INFO,
            confidence=Confidence.LIKELY,
            fix=_rewritten(variable, ctx),
        )
    elif _WORD.fullmatch(strange[0]):
        yield ctx.finding(
            variable,
            f"the driver has no part `{strange[0]}`: no container starts with it",
            help=f"write `{_VARIABLE}=compute,utility`, with what else is used",
            subject=_VARIABLE,
            fix=_rewritten(variable, ctx),
        )


def _rewritten(variable: EnvVar, ctx: Context) -> Fix | None:
    """The fix that names the two parts, and what else was named and exists."""
    if ctx.document.rendered or not isinstance(variable.value, Known):
        return None
    kept = sorted(_words(variable) & _KNOWN - {_ALL, "none", *_LACKING})
    parts = ",".join((*_LACKING, *kept))
    written = ctx.text(variable.value_span)
    place = variable.value_span
    if variable.origin is not EnvOrigin.ENV and written == variable.value.value:
        before = ctx.text(Span(place.start - 1, place.start))
        parts = parts if before == "=" else f'"{parts}"'
    return ctx.reworded(place, variable.value.value, parts)


def _words(variable: EnvVar) -> frozenset[str]:
    """The parts that are named; none where nothing is, which is the default, or unknown."""
    value = variable.value.value if isinstance(variable.value, Known) else ""
    return frozenset(word for part in value.split(",") if (word := part.strip()))
