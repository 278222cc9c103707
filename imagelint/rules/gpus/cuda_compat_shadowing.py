"""The rule `cuda-compat-shadowing`."""

from __future__ import annotations

from imagelint.documents.queries.gpus.compatibility import (
    Compatibility,
    compat_folder,
    compat_packages,
    is_useless,
)
from imagelint.documents.shared import EnvVar
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    (Command, EnvVar),
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
)
def cuda_compat_shadowing(subject: Command | EnvVar, ctx: Context) -> Findings:
    """The image brings libraries of a driver that stand before those of the host.

    `cuda-compat` lets a newer CUDA run upon an older driver, on GPUs of data centres alone. On a
    GeForce or an RTX card it fails (error 804), and upon a host whose driver is as new it puts an
    older `libcuda` before the host's own. The policy declares the hosts under `environment`.

    Except:
        The package alone, where nothing is declared: the container toolkit takes it when it helps.
        `LD_LIBRARY_PATH` puts it first on every host, which is information.

    Bad (Dockerfile; gpu_product=NVIDIA-GeForce-RTX-4090):
        FROM nvidia/cuda:12.8.1-base-ubuntu24.04
        RUN apt-get update && apt-get install -y --no-install-recommends cuda-compat-12-8

    Good (Dockerfile; gpu_product=NVIDIA-GeForce-RTX-4090):
        FROM nvidia/cuda:12.8.1-base-ubuntu24.04
        RUN apt-get update && apt-get install -y --no-install-recommends cuda-libraries-12-8

    Bad (compose.yaml; driver=580.95.05):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            environment: {LD_LIBRARY_PATH: "/usr/local/cuda-12.8/compat:/usr/lib64"}

    Good (compose.yaml; driver=580.95.05):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            environment: {LD_LIBRARY_PATH: /usr/lib64}
    """
    if isinstance(subject, EnvVar):
        folder = compat_folder(ctx.document, subject)
        found: tuple[Compatibility, ...] = () if folder is None else (folder,)
    else:
        found = tuple(compat_packages(ctx.document, subject))
    for one in found:
        why = is_useless(one, ctx.environment)
        if not why and not one.ahead:
            continue
        yield ctx.finding(
            one.place,
            f"`{one.written}` {why}"
            if why
            else f"`{one.written}` stands before the host's libraries, however new these are",
            help="leave it out: the container toolkit mounts the host's own",
            subject=one.written,
            severity=None if why else Severity.INFO,
        )
