"""The rule `multi-node-refused`."""

from __future__ import annotations

from imagelint.documents.complaints import MultiNodeRefused
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(MultiNodeRefused, Severity.HIGH)
def multi_node_refused(complaint: MultiNodeRefused, ctx: Context) -> Findings:
    """KServe refuses a service, or a runtime, that is to run on several nodes.

    With a `workerSpec` its webhook wants the model on a volume or in an image that every node
    mounts, no autoscaler, one container of workers, and sizes that stand in `workerSpec` alone:
    KServe sets `TENSOR_PARALLEL_SIZE` and `PIPELINE_PARALLEL_SIZE` itself.

    Except:
        Values that a template or a patch fills in, and services without `model`.

    Bad (service.yaml):
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: llm
          annotations: {serving.kserve.io/autoscalerClass: none}
        spec:
          predictor:
            model:
              modelFormat: {name: huggingface}
              storageUri: hf://Qwen/Qwen3-32B
            workerSpec: {pipelineParallelSize: 2}

    Good (service.yaml):
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: llm
          annotations: {serving.kserve.io/autoscalerClass: none}
        spec:
          predictor:
            model:
              modelFormat: {name: huggingface}
              storageUri: pvc://models/qwen3-32b
            workerSpec: {pipelineParallelSize: 2}
    """
    yield ctx.complaint(complaint)
