"""Whether an image, and the model that it serves, start on a host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.serving.host import CheckState, HostCheck
from imagelint.documents.host.requirements import demands
from imagelint.knowledge.cuda import (
    cuda_in_image,
    cuda_of_image,
    driver_floor,
    driver_match,
    parse_cuda,
)
from imagelint.knowledge.gpus import architecture, gpu, lacks_forward_compatibility
from imagelint.knowledge.serving.sizing import Question, model_size
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.serving.host import HostFacts
    from imagelint.knowledge.cuda import Cuda

_MIB, _GIB, _GB = 2**20, 2**30, 1e9
_LEAST_SHM = 2**30
_NEWER = "update the driver, or take an image of an older CUDA release"
_COMPAT = "its package cuda-compat may help on this GPU"


class Wish(NamedTuple):
    """What is to start: an image by its name, with the variables of its configuration if read.

    `platforms` are those that the image is for, as far as it was read and tells. `model` is served
    over `gpus` GPUs, of whose memory `share` is taken.
    """

    image: str = ""
    variables: Mapping[str, str] = {}
    model: str = ""
    gpus: int = 1
    share: float = 0.9
    quantization: str = ""
    tokens: int = 0
    platforms: tuple[str, ...] = ()


def starts(wish: Wish, facts: HostFacts) -> Iterator[HostCheck]:
    """What speaks for and against it."""
    if not facts.driver.gpus:
        known = facts.tells_of_gpus
        said = "there is no GPU that works" if known else "nothing tells whether a GPU works"
        yield HostCheck("start", CheckState.BAD if known else CheckState.UNKNOWN, said)
        return
    if wish.image:
        yield from _image(wish, facts)
        yield from _demanded(wish, facts)
    if wish.gpus > 1:
        yield from _several(wish, facts)
    if wish.model:
        yield _model(wish, facts)


def _image(wish: Wish, facts: HostFacts) -> Iterator[HostCheck]:
    if facts.platform and wish.platforms and not _runs_on(facts.platform, wish.platforms):
        said = f"{wish.image} is for {', '.join(wish.platforms)}, this host is {facts.platform}"
        yield HostCheck("platform", CheckState.BAD, said, "take an image of this platform")
        return
    cuda = _cuda(wish)
    if cuda is None:
        said = f"which CUDA {wish.image} is built for is not known"
        help_ = "read its configuration (`--read-image`), or name it as docker-daemon:NAME"
        yield HostCheck("cuda", CheckState.UNKNOWN, said, help_)
        return
    yield _driver(cuda, facts)
    yield from _architectures(cuda, facts)


def _demanded(wish: Wish, facts: HostFacts) -> Iterator[HostCheck]:
    """What the image demands in its variables, by which the container runtime refuses it."""
    for one in demands(wish.variables, facts):
        if one.mistake:
            said = f"the container runtime does not read `{one.mistake}` in {one.variable}"
            yield HostCheck("require", CheckState.BAD, said, f"mend {one.variable} of the image")
        elif one.met is None:
            said = f"whether {one.variable} of the image is met cannot be told of {one.has}"
            yield HostCheck("require", CheckState.UNKNOWN, said)
        elif one.met:
            said = f"{one.variable} of the image is met: {one.has}"
            yield HostCheck("require", CheckState.GOOD, said)
        else:
            said = f"the container runtime refuses {wish.image}: {one.variable} is not met by "
            yield HostCheck("require", CheckState.BAD, f"{said}{one.has}", _NEWER)


def _runs_on(platform: str, platforms: tuple[str, ...]) -> bool:
    """Whether one of them is the platform, in whatever variant (`linux/arm64/v8`)."""
    return any(f"{one}/".startswith(f"{platform}/") for one in platforms)


def _cuda(wish: Wish) -> Cuda | None:
    """The CUDA of an image: by its own variable, else by its name."""
    said = parse_cuda(wish.variables.get("CUDA_VERSION", ""))
    if said:
        return said
    reference = parse_reference(wish.image)
    if reference is None:
        return None
    named = cuda_of_image(reference)
    return named.value if isinstance(named, Known) else cuda_in_image(reference)


def _driver(cuda: Cuda, facts: HostFacts) -> HostCheck:
    release, driver = _dotted(cuda), facts.driver.version
    floor, match = driver_floor(cuda), driver_match(cuda)
    if floor is None:
        return HostCheck("cuda", CheckState.UNKNOWN, f"the driver of CUDA {release} is not known")
    enough = at_least(driver, floor)
    if enough is None:
        said = f"CUDA {release} needs driver {floor}, and `{driver}` is no version"
        return HostCheck("cuda", CheckState.UNKNOWN, said)
    if not enough:
        said = f"CUDA {release} needs driver {floor} or newer, this host has {driver}"
        labels = [one.label for one in facts.driver.gpus]
        hopeless = any(map(lacks_forward_compatibility, labels))
        help_ = f"update the driver to {floor}" + ("" if hopeless else f"; {_COMPAT}")
        return HostCheck("cuda", CheckState.BAD, said, help_)
    if match and at_least(driver, match) is False:
        said = f"CUDA {release} runs with driver {driver}, but what is compiled at run time may not"
        help_ = f"driver {match} came with it; engines that compile kernels want that or newer"
        return HostCheck("cuda", CheckState.NOTE, said, help_)
    return HostCheck("cuda", CheckState.GOOD, f"CUDA {release} runs with driver {driver}")


def _architectures(cuda: Cuda, facts: HostFacts) -> Iterator[HostCheck]:
    for product in dict.fromkeys(one.label for one in facts.driver.gpus):
        known = gpu(product)
        made = architecture(known.capability) if known else None
        if made is None:
            yield HostCheck("gpu", CheckState.NOTE, f"which CUDA knows {product} is not known")
        elif cuda[: len(made.first)] < made.first:
            said = f"CUDA {_dotted(cuda)} does not know {made.generation}, {product} needs "
            said += f"{_dotted(made.first)} or newer"
            yield HostCheck("gpu", CheckState.BAD, said, "take an image of a newer CUDA release")
        elif made.last and cuda[: len(made.last)] > made.last:
            said = f"CUDA {_dotted(cuda)} no longer knows {made.generation} ({product})"
            yield HostCheck("gpu", CheckState.BAD, said, "take an image of an older CUDA release")


def _several(wish: Wish, facts: HostFacts) -> Iterator[HostCheck]:
    found = facts.driver.gpus
    if any(one.mig for one in found):
        said = "a model cannot be split over slices of GPUs (MIG)"
        yield HostCheck("mig", CheckState.BAD, said)
    if len(found) < wish.gpus:
        said = f"{wish.gpus} GPUs are wanted, this host has {len(found)}"
        yield HostCheck("gpu", CheckState.BAD, said)
    for engine in facts.engines:
        if engine.shm is not None and engine.shm < _LEAST_SHM:
            size = engine.shm // _MIB
            said = f"{engine.name} gives containers {size} MiB of /dev/shm where they ask for none"
            help_ = "`--shm-size=8g`, or `--ipc=host`: NCCL and the workers share memory there"
            yield HostCheck("shm", CheckState.NOTE, said, help_)


def _model(wish: Wish, facts: HostFacts) -> HostCheck:
    question = Question(
        wish.model, wish.quantization, tokens=wish.tokens, share=wish.share, tensor=wish.gpus
    )
    size = model_size(question)
    memory = min((one.usable or 0 for one in facts.driver.gpus), default=0)
    if size is None or not memory:
        what = f"the size of {wish.model}" if memory else "the memory of the GPUs"
        return HostCheck("model", CheckState.UNKNOWN, f"{what} is not known")
    room = memory * _MIB / _GB * wish.share
    spread = size.shape.shares(wish.gpus, 1) if size.shape else 1
    weights, cache = size.weights / wish.gpus, size.cache / spread
    taken = f"{weights:.1f} GB of weights and {cache:.1f} GB of KV cache a GPU"
    said = f"{wish.model}: {taken}, of {room:.1f} GB"
    if weights + cache <= room:
        return HostCheck("model", CheckState.GOOD, said)
    help_ = "take a shorter `--max-model-len`" if weights < room else "take more GPUs"
    return HostCheck("model", CheckState.BAD, f"{said}: it does not fit", help_)


def _dotted(parts: Cuda) -> str:
    return ".".join(str(part) for part in parts)
