"""The rule `kv-cache-too-small`."""

from __future__ import annotations

from imagelint.documents.queries.gpus.sizing import short_cache
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def kv_cache_too_small(server: ServingCommand, ctx: Context) -> Findings:
    """Not one sequence of the longest that is allowed fits beside the weights of the model.

    A server keeps keys and values of every token for each layer. What the weights leave of the GPU
    must hold at least one sequence of `--max-model-len`, or else the engine ends at the start: "the
    maximum sequence length is larger than the number of tokens that can be stored". Without the
    flag the longest is what the model is made for, often 128k tokens or more.

    Except:
        Models and GPUs that are not known, and engines that choose the length by themselves.

    Bad (deployment.yaml; gpu_product=NVIDIA-L4):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-8B-Instruct]
              resources: {limits: {nvidia.com/gpu: 1}}

    Good (deployment.yaml; gpu_product=NVIDIA-L4):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-8B-Instruct, --max-model-len, "16384"]
              resources: {limits: {nvidia.com/gpu: 1}}
    """
    short = short_cache(server, ctx.environment.gpu_product, ctx.environment.gpus_per_node)
    if short is None:
        return
    yield ctx.finding(
        short.place,
        f"{short.tokens} tokens take {short.needed:.1f} GB of each GPU, and {short.weights:.1f} GB "
        f"of weights leave {short.room:.1f} GB of {short.memory:.1f} GB",
        help=f"write `{short.flag}` with at most {short.fitting}, or take more GPUs"
        if short.fitting
        else "take more or larger GPUs",
        subject=server.launch.runtime.name,
    )
