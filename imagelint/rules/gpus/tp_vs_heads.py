"""The rule `tp-vs-heads`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.devices import splits_otherwise
from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import TENSOR_PARALLEL
from imagelint.knowledge.serving.shapes import ModelShape, divides_heads, model_shape
from imagelint.rules.api import Context, Findings, Severity, rule

_MOST = 1024


@rule(ServingCommand, Severity.HIGH)
def tp_vs_heads(server: ServingCommand, ctx: Context) -> Findings:
    """The attention heads of the model cannot be divided among that many GPUs.

    Tensor parallelism gives each GPU the same number of heads, so that vLLM, SGLang and Text
    Generation Inference end at once where there is a remainder. Heads of keys and values are
    divided alike, or copied where there are fewer of them than GPUs. What remains of the GPUs is
    for pipeline or data parallelism.

    Except:
        Models whose shape is not known, and engines that divide layers.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen2.5-7B-Instruct, -tp, "8"]
              resources: {limits: {nvidia.com/gpu: 8}}
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen2.5-7B-Instruct, -tp, "4", -dp, "2"]
              resources: {limits: {nvidia.com/gpu: 8}}
              volumeMounts: [{name: shm, mountPath: /dev/shm}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]
    """
    tensor, model = server.option(TENSOR_PARALLEL), server.model
    if not (isinstance(tensor, Known) and isinstance(model, Known)) or splits_otherwise(server):
        return
    shape = model_shape(model.value)
    if shape is None or not divides_heads(server.engine) or not 1 <= tensor.value <= _MOST:
        return
    if shape.is_divided_by(tensor.value):
        return
    kept = "" if shape.heads % tensor.value else f" ({shape.kv_heads} of keys and values)"
    yield ctx.finding(
        place_of(server, tensor),
        f"{title(server)} cannot divide {shape.heads} heads{kept} among {tensor.value} GPUs",
        help=f"split it over {_nearest(shape, tensor.value)}",
        subject=server.launch.runtime.name,
    )


def _nearest(shape: ModelShape, most: int) -> str:
    """The numbers of GPUs that divide the heads and are nearest, in words."""
    fewer = max(count for count in range(1, most) if shape.is_divided_by(count))
    more = [count for count in range(most + 1, 2 * most + 1) if shape.is_divided_by(count)]
    return f"{fewer} or {more[0]}" if more else f"{fewer}"
