"""The rule `gpu-unknown-to-cuda`."""

from __future__ import annotations

from imagelint.documents.compose.model import ComposeService
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.gpus.architectures import misfits_of_container, misfits_of_stage
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((Container, ComposeService, Stage), Severity.HIGH, confidence=Confidence.LIKELY)
def gpu_unknown_to_cuda(subject: Container | ComposeService | Stage, ctx: Context) -> Findings:
    """The GPU is of an architecture for which the image holds no code.

    A CUDA release compiles for the architectures that it knows: Blackwell is known from 12.8 on,
    Hopper and Ada from 11.8 on, and 13 has dropped Maxwell, Pascal and Volta. PyTorch's wheels hold
    fewer still. The server ends with `no kernel image is available for execution on the device`.
    Of Text Embeddings Inference each tag is compiled for one kind: `89-1.9` for Ada, `1.9` for
    the A100.

    What `TORCH_CUDA_ARCH_LIST` names is compiled while the image is built. The compiler ends with
    an architecture that its CUDA does not know, or no more.

    The product is that of the node selector, or the one that the policy declares under
    `environment.gpu`.

    Except:
        Products and images that are not known, containers that ask for no GPU. Code that carries
        PTX is compiled for newer GPUs by the driver, so that it is only likely for them.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          nodeSelector: {nvidia.com/gpu.product: NVIDIA-B200}
          containers:
            - name: server
              image: pytorch/pytorch:2.5.1-cuda12.4-cudnn9-runtime
              resources: {limits: {nvidia.com/gpu: 1}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          nodeSelector: {nvidia.com/gpu.product: NVIDIA-B200}
          containers:
            - name: server
              image: pytorch/pytorch:2.8.0-cuda12.8-cudnn9-runtime
              resources: {limits: {nvidia.com/gpu: 1}}

    Bad (compose.yaml; gpu_product=Tesla-V100-SXM2-16GB):
        services:
          llm:
            image: nvidia/cuda:13.0.1-runtime-ubuntu24.04
            gpus: all

    Good (compose.yaml; gpu_product=Tesla-V100-SXM2-16GB):
        services:
          llm:
            image: nvidia/cuda:12.8.1-runtime-ubuntu24.04
            gpus: all

    Bad (Dockerfile; gpu_product=NVIDIA-GeForce-RTX-5090):
        FROM python:3.12-slim
        RUN pip install torch==2.8.0 --index-url https://download.pytorch.org/whl/cu126
        CMD ["python", "-m", "server"]

    Good (Dockerfile; gpu_product=NVIDIA-GeForce-RTX-5090):
        FROM python:3.12-slim
        RUN pip install torch==2.8.0 --index-url https://download.pytorch.org/whl/cu128
        CMD ["python", "-m", "server"]
    """
    declared = ctx.environment.gpu_product
    if isinstance(subject, Stage):
        found = misfits_of_stage(ctx.document, subject, declared)
    else:
        found = misfits_of_container(subject, declared)
    for misfit in found:
        yield ctx.finding(
            misfit.place,
            misfit.message,
            help=misfit.help,
            subject=misfit.subject,
            confidence=Confidence.CERTAIN if misfit.sure else None,
        )
