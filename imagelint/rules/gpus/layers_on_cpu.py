"""The rule `layers-on-cpu`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def layers_on_cpu(server: ServingCommand, ctx: Context) -> Findings:
    """The server requests a GPU and keeps the whole model off it.

    The GPU is paid for and taken from others, and the answers come at the speed of the CPU.

    Except:
        Servers that request no GPU.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: ghcr.io/ggml-org/llama.cpp:server-cuda-b9093
              args: [-m, /models/qwen3-8b-q4_k_m.gguf, -ngl, "0"]
              resources: {limits: {nvidia.com/gpu: 1}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: ghcr.io/ggml-org/llama.cpp:server-cuda-b9093
              args: [-m, /models/qwen3-8b-q4_k_m.gguf, -ngl, "99"]
              resources: {limits: {nvidia.com/gpu: 1}}
    """
    gpus, known = server.launch.runtime.gpus, server.facts
    if known is None or not isinstance(gpus, Known):
        return
    for flag, values in known.traits.cpu_values.items():
        switch = server.find_switch(flag)
        if switch is None or not isinstance(switch.value, Known):
            continue
        if switch.value.value in values:
            yield ctx.finding(
                switch,
                f"a GPU is requested, and {title(server)} puts no layer of the model on it",
                help=f"leave `{switch.written}` away or raise it, or request no GPU",
                subject=switch.written,
            )
