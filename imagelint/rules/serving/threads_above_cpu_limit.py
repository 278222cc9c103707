"""The rule `threads-above-cpu-limit`."""

from __future__ import annotations

from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.start.threads import too_many_threads
from imagelint.documents.runtime.field import Place
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((Container, ComposeService), Severity.LOW)
def threads_above_cpu_limit(subject: Container | ComposeService, ctx: Context) -> Findings:
    """Libraries start more threads than the container has processors.

    The limit is a share of time: when more threads run than it allows for, all of them are stopped
    until the next period begins, and who waits for the slowest waits for that. OpenMP spins while
    it waits, which spends what is left.

    Except: limits and counts that are not known.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              env: [{name: OMP_NUM_THREADS, value: "32"}]
              resources: {limits: {cpu: 8}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              env: [{name: OMP_NUM_THREADS, value: "8"}]
              resources: {limits: {cpu: 8}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            environment: [OMP_NUM_THREADS=16]
            cpus: 4

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            environment: [OMP_NUM_THREADS=16]
            cpus: 16
    """
    found = too_many_threads(subject)
    if found is not None:
        yield ctx.finding(
            Place(found.variable.value_span, found.variable.path),
            f"{found.threads} threads share {found.limit} CPUs",
            help="start no more threads than the limit has CPUs, or raise it",
            subject=found.variable.name,
        )
