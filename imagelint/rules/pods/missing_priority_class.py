"""The rule `missing-priority-class`."""

from __future__ import annotations

from imagelint.deployment.priorities import rival
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.INFO,
    confidence=Confidence.LIKELY,
    references=("Polaris priorityClassNotSet", "kube-linter priority-class-name"),
)
def missing_priority_class(pod: Pod, ctx: Context) -> Findings:
    """A server with GPUs has no priority over jobs that want the same GPUs.

    When a node fails, or a server is rolled out, whoever is scheduled first gets the GPU: a
    training job that began meanwhile keeps it for days, and the server stays pending. With a
    `priorityClassName` the scheduler makes room for it.

    Except:
        Servers without a GPU, or of unknown engines, and jobs that are not in the same folder.

    Bad (gpus.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {nvidia.com/gpu: 1}}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: tuning}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: train
                  image: registry.example.com/train:1.0.0
                  resources: {limits: {nvidia.com/gpu: 1}}

    Good (gpus.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          priorityClassName: serving
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {nvidia.com/gpu: 1}}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: tuning}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: train
                  image: registry.example.com/train:1.0.0
                  resources: {limits: {nvidia.com/gpu: 1}}
    """
    job = rival(pod, ctx.document, Scope(ctx.document, ctx.project, ctx.environment.closed))
    if job:
        yield ctx.finding(
            pod,
            f"nothing puts it before `{job}`, which wants GPUs as well",
            help="write a `priorityClassName` that is above that of the jobs",
            subject=pod.owner.name,
        )
