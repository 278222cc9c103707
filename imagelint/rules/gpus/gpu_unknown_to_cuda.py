"""The rule `gpu-unknown-to-cuda`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.gpus.products import product_label
from imagelint.documents.queries.wheels import wheels
from imagelint.knowledge.cuda import cuda_in_image, cuda_of_image, wheel_architectures
from imagelint.knowledge.gpus import architecture, gpu, is_served
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shared import ImageUse
    from imagelint.knowledge.cuda import Cuda
    from imagelint.knowledge.gpus import Architecture, Gpu


@rule((Container, ComposeService, Stage), Severity.HIGH, confidence=Confidence.LIKELY)
def gpu_unknown_to_cuda(subject: Container | ComposeService | Stage, ctx: Context) -> Findings:
    """The GPU is of an architecture for which the image holds no code.

    A CUDA release compiles for the architectures that it knows: Blackwell is known from 12.8 on,
    Hopper and Ada from 11.8 on, and 13 has dropped Maxwell, Pascal and Volta. PyTorch's wheels hold
    fewer still. The server ends with `no kernel image is available for execution on the device`.

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
        product = gpu(declared) if declared and subject.shipped else None
        if product is not None:
            yield from _image(subject.base, product, ctx)
            yield from _wheels(subject, product, ctx)
        return
    if isinstance(subject.runtime.gpus, Known):
        product = gpu(product_label(subject.runtime, declared))
        if product is not None:
            yield from _image(subject.image, product, ctx)


def _image(use: ImageUse | None, product: Gpu, ctx: Context) -> Findings:
    known = architecture(product.capability)
    if use is None or known is None or not isinstance(use.reference, Known):
        return
    image = use.reference.value
    named = cuda_of_image(image)
    cuda = named.value if isinstance(named, Known) else cuda_in_image(image)
    if not cuda:
        return
    release = ".".join(str(part) for part in cuda)
    if _is_older(cuda, known.first):
        first = ".".join(str(part) for part in known.first)
        yield ctx.finding(
            use,
            f"CUDA {release} does not know {_words(product, known)}, which begins with {first}",
            help=f"take an image of CUDA {first} or newer",
            subject=image.familiar,
        )
    elif known.last and cuda[0] > known.last[0]:
        last = known.last[0]
        yield ctx.finding(
            use,
            f"CUDA {release} has dropped {_words(product, known)}, {last}.x was the last",
            help=f"take an image of CUDA {last}",
            subject=image.familiar,
            confidence=Confidence.CERTAIN,
        )


def _wheels(stage: Stage, product: Gpu, ctx: Context) -> Findings:
    for found in wheels(ctx.document, stage):
        index = f"cu{''.join(str(part) for part in found.platform.cuda[:2])}"
        held = wheel_architectures(index)
        if found.sure and held and not is_served(product.capability, held):
            yield ctx.finding(
                found.span,
                f"PyTorch's wheels of {index} hold no code for the {product.name}",
                help=f"take those of {_serving(product)}",
                subject=stage.name or f"stage {stage.index}",
                confidence=Confidence.CERTAIN,
            )


def _serving(product: Gpu) -> str:
    """An index whose wheels hold code for a GPU, in words."""
    for index in ("cu128", "cu126"):
        if is_served(product.capability, wheel_architectures(index)):
            return f"`{index}`"
    return "another index"


def _is_older(cuda: Cuda, first: tuple[int, ...]) -> bool:
    """Whether a release is certainly older, as far as it is told: `12` may be any 12.x."""
    return cuda[:2] < first[: len(cuda[:2])]


def _words(product: Gpu, known: Architecture) -> str:
    return f"{known.generation} ({product.name})"
