"""The rule `worker-gpus-mismatch`."""

from __future__ import annotations

from imagelint.deployment.groups.workers import shares
from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH, confidence=Confidence.LIKELY)
def worker_gpus_mismatch(pod: Pod, ctx: Context) -> Findings:
    """The GPUs of head and workers are not those of a model that KServe splits over nodes.

    KServe takes tensor times pipeline parallel size as the GPUs of the model, and starts as many
    nodes as it takes workers of the GPUs in their `requests`; those in `limits` it passes over, and
    gives each node one. Where the head has fewer than the rest it refuses the service; where it
    has more, some are idle.

    Except:
        Runtimes whose workers are started without Ray (`multinode/executor-backend`), and services
        that count resources of their own (`gpu-resource-types`). It is certain where the runtime is
        among what is examined. Services that start all the same get a medium severity.

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
              storageUri: pvc://models/qwen3-235b
              resources: {requests: {nvidia.com/gpu: 2}, limits: {nvidia.com/gpu: 2}}
            workerSpec:
              tensorParallelSize: 4
              pipelineParallelSize: 2
              containers:
                - name: worker-container
                  resources: {requests: {nvidia.com/gpu: 4}, limits: {nvidia.com/gpu: 4}}

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
              storageUri: pvc://models/qwen3-235b
              resources: {requests: {nvidia.com/gpu: 4}, limits: {nvidia.com/gpu: 4}}
            workerSpec:
              tensorParallelSize: 4
              pipelineParallelSize: 2
              containers:
                - name: worker-container
                  resources: {requests: {nvidia.com/gpu: 4}, limits: {nvidia.com/gpu: 4}}
    """
    for share in shares(pod):
        yield ctx.finding(
            share.place,
            share.message,
            help=share.help,
            subject=pod.owner.name,
            severity=Severity.MEDIUM if share.works else None,
            confidence=Confidence.CERTAIN if pod.owner.merged else None,
        )
