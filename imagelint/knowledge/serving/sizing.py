"""How much memory a model takes, and upon which GPUs it fits: for whoever asks without files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.engines import engine, engines
from imagelint.knowledge.gpus import products
from imagelint.knowledge.models import parameters_of
from imagelint.knowledge.serving.shapes import model_shape
from imagelint.knowledge.weights import bytes_per_weight, checkpoint_bytes, gigabytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.knowledge.serving.shapes import ModelShape

_GIB = 2**30 / 1e9
_MOST_GPUS = 64
_TWO, _ONE = 2.0, 1.0


class Question(NamedTuple):
    """What is asked about a model.

    `quantization` is a value of the engines' flag, `tokens` the longest sequence (0: what the model
    is made for), `share` the share of GPU memory that the engine takes, `tensor` the number of GPUs
    over which the model is split (0: the fewest that do).
    """

    model: str
    quantization: str = ""
    cache_dtype: str = ""
    tokens: int = 0
    sequences: int = 1
    share: float = 0.9
    tensor: int = 0


class ModelSize(NamedTuple):
    """GB of 1e9 bytes: of what is downloaded, of the weights in memory, and of the KV cache.

    `cache` is that of all sequences together, 0 where the shape of the model is not known.
    """

    parameters: float
    checkpoint: float
    weights: float
    tokens: int
    cache: float
    shape: ModelShape | None


class Fit(NamedTuple):
    """A model upon so many GPUs of a product; GB of each: the weights, the cache, what is left."""

    gpu: str
    memory: float
    gpus: int
    weights: float
    cache: float
    left: float


def model_size(question: Question) -> ModelSize | None:
    """How much a model takes; None where its name does not tell, or the format is not known."""
    loaded = _loaded_bytes()
    quantization = question.quantization.lower()
    size = bytes_per_weight(question.model, quantization or None, None, loaded)
    own = quantization if quantization not in loaded else ""
    published = checkpoint_bytes(question.model, own or None)
    weights = gigabytes(question.model, size)
    parameters = parameters_of(question.model)
    if weights is None or parameters is None:
        return None
    shape = model_shape(question.model)
    tokens = question.tokens or (shape.context if shape else 0)
    element = _ONE if question.cache_dtype.startswith(("fp8", "int8")) else _TWO
    cache = shape.kept_gb(tokens, element) * question.sequences if shape else 0.0
    checkpoint = gigabytes(question.model, published) or weights
    return ModelSize(parameters, checkpoint, weights, tokens, cache, shape)


def _loaded_bytes() -> dict[str, float]:
    """Bytes per weight by which engines quantise while they load; the most where they differ."""
    found: dict[str, float] = {}
    for name in engines():
        for flag, size in engine(name).traits.loaded_bytes.items():
            found[flag] = max(size, found.get(flag, 0.0))
    return found


def fits(question: Question, size: ModelSize) -> Iterator[Fit]:
    """The model upon each product that is known, the largest first.

    It is split over `tensor` GPUs, or over the fewest that hold it. Where none do, what is left is
    negative.
    """
    for name, gib in products():
        memory = gib * _GIB
        counts = [question.tensor] if question.tensor else _counts(size.shape)
        tried = [_fit(name, memory, count, question.share, size) for count in counts]
        yield next((fit for fit in tried if fit.left >= 0), tried[-1])


def _counts(shape: ModelShape | None) -> list[int]:
    powers = [1 << power for power in range(_MOST_GPUS.bit_length())]
    return [count for count in powers if shape is None or shape.is_divided_by(count)]


def _fit(gpu: str, memory: float, count: int, share: float, size: ModelSize) -> Fit:
    spread = size.shape.shares(count, 1) if size.shape else 1
    weights, cache = size.weights / count, size.cache / spread
    return Fit(gpu, memory, count, weights, cache, memory * share - weights - cache)
