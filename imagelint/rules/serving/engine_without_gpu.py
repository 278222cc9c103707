"""The rule `engine-without-gpu`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.questions.serving import setting, title, variable
from imagelint.documents.serving import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.cursor import Cursor

# Engines that do their work on GPUs only, unless their image is built for something else.
_NEED = frozenset(("lmdeploy", "nim", "sglang", "tensorrt-llm", "tgi", "vllm"))
_OTHER_HARDWARE = pattern(
    r"(?:^|[-_./])(?:cpu|tpu|xpu|hpu|neuron|gaudi|intel|openvino|npu|ascend|arm64-cpu)(?:$|[-_.:])"
)
# Ways to a part of a GPU that other schedulers have: HAMi, Volcano, Run:ai, Aliyun.
_PARTS = pattern(r"gpu|tpu|npu|mlu|dcu|neuron|gaudi|accelerator|fpga", re.IGNORECASE)
_NO_DEVICE = frozenset(("", "none", "void"))
# Settings by which people tune a server for CPUs.
_CPU_SETTINGS = ("KMP_AFFINITY", "KMP_BLOCKTIME", "OMP_NUM_THREADS", "VLLM_CPU_KVCACHE_SPACE")


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def engine_without_gpu(server: ServingCommand, ctx: Context) -> Findings:
    """The server needs a GPU and asks for none.

    Without a request the pod lands on any node and the container sees no device: the engine ends
    at once, or falls back to the CPU and answers a hundred times slower.

    Except:
        Images and flags for CPUs and other hardware, engines that are used on CPUs as well,
        workloads of an operator or of several pods, other ways to get a GPU.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              resources: {limits: {nvidia.com/gpu: 1}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            gpus: all
    """
    runtime = server.launch.runtime
    if runtime.gpus is not ABSENT or runtime.body is None or runtime.managed:
        return
    if not _needs_gpu(server) or runtime.group != Known(1) or _gets_one_otherwise(server):
        return
    compose = runtime.kind == "compose"
    keys = ("deploy", "resources", "reservations", "devices")
    yield ctx.finding(
        runtime.body.at(*keys) if compose else runtime.body.at("resources", "limits"),
        f"{title(server)} needs a GPU, and none is requested",
        help="write gpus: all" if compose else "write resources: {limits: {nvidia.com/gpu: 1}}",
        subject=runtime.name,
    )


def _needs_gpu(server: ServingCommand) -> bool:
    image = server.launch.image
    written = image.text.lower() if image else ""
    if _OTHER_HARDWARE.search(written):
        return False
    tuned = any(variable(server, name) for name in _CPU_SETTINGS)
    if tuned or isinstance(server.switch("disable-custom-kernels"), Known):
        return False
    if server.engine == "llama.cpp":
        return "-cuda" in written
    device = server.switch("device")
    return server.engine in _NEED and (device is ABSENT or _is_cuda(device))


def _is_cuda(device: Fact[str]) -> bool:
    return isinstance(device, Known) and device.value.startswith("cuda")


def _gets_one_otherwise(server: ServingCommand) -> bool:
    devices = setting(server, "NVIDIA_VISIBLE_DEVICES")
    if not isinstance(devices, Known):
        if devices is not ABSENT:
            return True
    elif devices.value not in _NO_DEVICE:
        return True
    runtime = server.launch.runtime
    body, spec = runtime.body, runtime.spec
    if body is None:
        return True
    if runtime.kind == "compose":
        generic = body.at("deploy", "resources", "reservations", "generic_resources")
        return generic.exists or _holds_gpu(body["devices"]) or body["runtime"].exists
    if spec is not None and spec["resourceClaims"].exists:
        return True
    if spec is not None and "nvidia" in spec["runtimeClassName"].word():
        return True
    limits = [name for name, _ in body.at("resources", "limits").entries()]
    labels = [name for name, _ in runtime.labels]
    return any(_PARTS.search(name) for name in (*limits, *labels))


def _holds_gpu(devices: Cursor) -> bool:
    return any(item.word().startswith("/dev/") for item in devices.items())
