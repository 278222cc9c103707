"""How much memory a model takes, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.knowledge.serving.sizing import Fit, ModelSize, Question


def summary(question: Question, size: ModelSize) -> Iterator[str]:
    """What the model takes, in a few lines."""
    yield f"{question.model}: {size.parameters:g} billion parameters"
    yield f"weights   {size.weights:.1f} GB in memory, {size.checkpoint:.1f} GB to download"
    if not size.cache:
        yield "KV cache  not known for this model"
        return
    yield f"KV cache  {size.cache:.1f} GB: {question.sequences} * {size.tokens} tokens"


def table(rows: list[Fit]) -> Iterator[str]:
    """The GPUs, a line each; GB of 1e9 bytes."""
    yield f"{'GPU':16}{'memory':>9}{'GPUs':>6}{'weights':>10}{'cache':>8}{'left':>9}  GB of each"
    for fit in rows:
        verdict = "" if fit.left >= 0 else "  does not fit"
        numbers = f"{fit.memory:9.1f}{fit.gpus:6}{fit.weights:10.1f}{fit.cache:8.1f}{fit.left:9.1f}"
        yield f"{fit.gpu:16}{numbers}{verdict}"
