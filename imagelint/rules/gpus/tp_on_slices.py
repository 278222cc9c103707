"""The rule `tp-on-slices`."""

from __future__ import annotations

from imagelint.core.fact import Known, value_or
from imagelint.documents.queries.devices import splits_otherwise
from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import PIPELINE_PARALLEL, TENSOR_PARALLEL
from imagelint.knowledge.gpus import is_shared, mig_profile
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def tp_on_slices(server: ServingCommand, ctx: Context) -> Findings:
    """A model is split over parts of GPUs, which cannot work together.

    A process sees one MIG slice at most, and between slices there is no direct way, so that NCCL
    finds no second device. Of a GPU that is shared by time, two shares may be the same device:
    NCCL ends with `Duplicate GPU detected`, and each share is promised the same memory.

    Except:
        Copies of the model (data parallel) on several slices, and virtual GPUs of HAMi or Volcano,
        which are different devices.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B, -tp, "2"]
              resources: {limits: {nvidia.com/mig-3g.40gb: 2}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              resources: {limits: {nvidia.com/mig-7g.80gb: 1}}
    """
    gpus = server.launch.runtime.gpus
    if not isinstance(gpus, Known) or splits_otherwise(server):
        return
    split = next((fact for fact in _splits(server) if fact.value > 1), None)
    resource, product = gpus.value.resource, value_or(server.launch.runtime.gpu_product, "")
    slices = mig_profile(resource) or mig_profile(product)
    if split is None or not (slices or is_shared(resource) or is_shared(product)):
        return
    parts = "MIG slices" if slices else "shares of GPUs"
    requested = mig_profile(resource) or is_shared(resource)
    named = resource if requested else product
    yield ctx.finding(
        place_of(server, split),
        f"{title(server)} splits its model over {split.value} {parts} ({named})",
        help="serve it from one slice that is large enough, or from whole GPUs",
        subject=server.launch.runtime.name,
        confidence=None if slices else Confidence.LIKELY,
        notes=(ctx.note("they are requested here", gpus.value),) if requested else (),
    )


def _splits(server: ServingCommand) -> tuple[Known[int], ...]:
    told = (server.option(TENSOR_PARALLEL), server.option(PIPELINE_PARALLEL))
    return tuple(fact for fact in told if isinstance(fact, Known))
