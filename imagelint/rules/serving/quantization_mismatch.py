"""The rule `quantization-mismatch`."""

from __future__ import annotations

from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.queries.start.fights import contradicted_format
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import QUANTIZATION
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def quantization_mismatch(server: ServingCommand, ctx: Context) -> Findings:
    """The server is told another quantization than the one that the model's name speaks of.

    The format stands in the checkpoint, from which vLLM and SGLang read it. Where the flag says
    another one they end, also where that one (`fp8`, `bitsandbytes`) is made of plain weights.

    Except:
        Names without a format, but those of owners who always put it there; formats that are made
        of plain weights, and the kernels of Marlin, which serve checkpoints of AWQ and GPTQ;
        checkpoints of ModelOpt (FP4, NVFP4) and GGUF, of which engines pass the flag over.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4, --quantization, awq]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4]

    Bad:
        FROM vllm/vllm-openai:v0.32.0
        CMD ["--model", "Qwen/Qwen3-8B-AWQ", "--quantization", "gptq_marlin"]

    Good:
        FROM vllm/vllm-openai:v0.32.0
        CMD ["--model", "Qwen/Qwen3-8B-AWQ"]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: --model Qwen/Qwen3-8B-FP8 --quantization awq

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: --model Qwen/Qwen3-8B-FP8
    """
    found = contradicted_format(server)
    if found is not None:
        told, named = found
        says = f"says {named.upper()}" if named else "tells that it is not quantised so"
        yield ctx.finding(
            place_of(server, told),
            f"{title(server)} is told {told.value}, and the model's name {says}",
            help=f"drop `--{server.flag(QUANTIZATION)}`",
            subject=server.launch.runtime.name,
        )
