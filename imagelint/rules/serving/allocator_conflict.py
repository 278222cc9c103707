"""The rule `allocator-conflict`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.variables import (
    sets_container,
    sleep_conflict,
    useless_split_limit,
)
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shared import EnvVar
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((EnvVar, ServingCommand), Severity.HIGH)
def allocator_conflict(subject: EnvVar | ServingCommand, ctx: Context) -> Findings:
    """Settings of PyTorch's allocator exclude each other, or what the server is to do.

    vLLM's sleep mode keeps the weights in a pool of memory that cannot be made of segments which
    expand: from 0.8 on the server ends with `Expandable segments are not compatible with memory
    pool`, and since 0.20 it leaves them out by itself. The limit of what is split is not asked for
    such segments: that is a low finding.

    Except: releases of vLLM that are not known.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              args: [--model, Qwen/Qwen3-8B, --enable-sleep-mode]
              env: [{name: PYTORCH_CUDA_ALLOC_CONF, value: "expandable_segments:True"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              args: [--model, Qwen/Qwen3-8B, --enable-sleep-mode]

    Bad:
        FROM pytorch/pytorch:2.8.0-cuda12.8-cudnn9-runtime
        ENV PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True,max_split_size_mb:128

    Good:
        FROM pytorch/pytorch:2.8.0-cuda12.8-cudnn9-runtime
        ENV PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            environment: ["PYTORCH_ALLOC_CONF=max_split_size_mb:64,expandable_segments:True"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            environment: ["PYTORCH_ALLOC_CONF=expandable_segments:True"]
    """
    if isinstance(subject, EnvVar):
        limit = useless_split_limit(subject) if sets_container(subject) else ""
        if limit:
            yield ctx.finding(
                Place(subject.value_span, subject.path),
                f"`{limit}` does nothing beside `expandable_segments:True`",
                help=f"drop `{limit}`",
                subject=subject.name,
                severity=Severity.LOW,
            )
        return
    found = sleep_conflict(subject)
    if found is not None:
        version = value_or(subject.engine_version, "")
        yield ctx.finding(
            Place(found.value_span, found.path),
            f"{title(subject)} {version} ends: its sleep mode takes no `expandable_segments:True`",
            help="drop `expandable_segments:True`",
            subject=found.name,
        )
