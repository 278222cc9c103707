"""Images and wheels that hold no code for the GPU which will run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.gpus.products import product_label
from imagelint.documents.queries.wheels import wheels
from imagelint.documents.runtime.field import Place
from imagelint.knowledge.cuda import cuda_in_image, cuda_of_image, wheel_architectures
from imagelint.knowledge.gpus import architecture, gpu, is_served
from imagelint.knowledge.serving.floors import build_of_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document, Node
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.shared import ImageUse
    from imagelint.knowledge.cuda import Cuda
    from imagelint.knowledge.gpus import Architecture, Gpu
    from imagelint.knowledge.serving.floors import Build

_LIST = "TORCH_CUDA_ARCH_LIST"
_ITEM = pattern(r"(?<![\d.])(\d{1,2})\.(\d)(?=[af]?(?:\+PTX)?(?:[;,\s]|\Z))")


class Misfit(NamedTuple):
    """Code that is not for the GPU; `sure` where no driver can compile it for it either."""

    place: Node
    message: str
    help: str
    subject: str
    sure: bool


def misfits_of_stage(document: Document, stage: Stage, declared: str | None) -> Iterator[Misfit]:
    """What a stage starts from and installs that is not for the GPU which the policy declares.

    And what it is told to compile for that its base does not know, whatever GPU there is.
    """
    yield from _listed(stage)
    product = gpu(declared) if declared and stage.shipped else None
    if product is not None:
        yield from _image(stage.base, product)
        yield from _wheels(document, stage, product)


def _listed(stage: Stage) -> Iterator[Misfit]:
    """The architectures of `TORCH_CUDA_ARCH_LIST` for which the compiler of the base has no code.

    https://docs.pytorch.org/docs/stable/cpp_extension.html
    """
    told = stage.variables.get(_LIST, ())
    root = stage.root_image if told else None
    reference = root.reference if root is not None else None
    named = cuda_of_image(reference.value) if isinstance(reference, Known) else None
    cuda: Cuda = named.value if isinstance(named, Known) else ()
    for variable in told if cuda else ():
        for word in _ITEM.findall(value_or(variable.value, "")):
            known = architecture((int(word[0]), int(word[1])))
            wanted, release = ".".join(word), ".".join(str(part) for part in cuda)
            place = Place(variable.value_span, variable.path)
            if known is not None and _is_older(cuda, known.first):
                first = ".".join(str(part) for part in known.first)
                message = f"CUDA {release} cannot compile for {wanted}, which begins with {first}"
                help_ = f"take an image of CUDA {first} or newer, or leave {wanted} out"
                yield Misfit(place, message, help_, _LIST, sure=True)
            elif known is not None and known.last and cuda[0] > known.last[0]:
                message = f"CUDA {release} no longer compiles for {wanted}"
                yield Misfit(place, message, f"leave {wanted} out", _LIST, sure=True)


def misfits_of_container(
    container: Container | ComposeService, declared: str | None
) -> Iterator[Misfit]:
    """The image of a container that asks for GPUs, where it is not for theirs."""
    if isinstance(container.runtime.gpus, Known):
        product = gpu(product_label(container.runtime, declared))
        if product is not None:
            yield from _image(container.image, product)


def _image(use: ImageUse | None, product: Gpu) -> Iterator[Misfit]:
    known = architecture(product.capability)
    if use is None or known is None or not isinstance(use.reference, Known):
        return
    image = use.reference.value
    build = build_of_image(image)
    if build is not None:
        yield from _other_build(use, build, product)
        return
    named = cuda_of_image(image)
    cuda = named.value if isinstance(named, Known) else cuda_in_image(image)
    if not cuda:
        return
    release = ".".join(str(part) for part in cuda)
    if _is_older(cuda, known.first):
        first = ".".join(str(part) for part in known.first)
        message = (
            f"CUDA {release} does not know {_words(product, known)}, which begins with {first}"
        )
        help_ = f"take an image of CUDA {first} or newer"
        yield Misfit(use, message, help_, image.familiar, sure=False)
    elif known.last and cuda[0] > known.last[0]:
        last = known.last[0]
        message = f"CUDA {release} has dropped {_words(product, known)}, {last}.x was the last"
        yield Misfit(use, message, f"take an image of CUDA {last}", image.familiar, sure=True)


def _other_build(use: ImageUse, build: Build, product: Gpu) -> Iterator[Misfit]:
    """A build for another kind of GPU: its server ends, or computes on the CPU."""
    if use.known is None or is_served(product.capability, (build.capability,)):
        return
    has = ".".join(str(part) for part in product.capability)
    message = (
        f"the tag `{use.known.tag}` is built for compute capability {build.capability}, "
        f"and the {product.name} has {has}"
    )
    fitting = [tag for one, tag in build.tags if is_served(product.capability, (one,))]
    help_ = f"take `{fitting[-1]}`" if fitting else "take another image"
    yield Misfit(use, message, help_, use.known.familiar, sure=True)


def _wheels(document: Document, stage: Stage, product: Gpu) -> Iterator[Misfit]:
    for found in wheels(document, stage):
        index = f"cu{''.join(str(part) for part in found.platform.cuda[:2])}"
        held = wheel_architectures(index)
        if found.sure and held and not is_served(product.capability, held):
            message = f"PyTorch's wheels of {index} hold no code for the {product.name}"
            subject = stage.name or f"stage {stage.index}"
            yield Misfit(found, message, f"take those of {_serving(product)}", subject, sure=True)


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
