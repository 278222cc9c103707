"""Questions about the labels of a Dockerfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.dockerfile.model import Stage

__all__ = ["Label", "labels"]

_PAIR = 2


class Label(NamedTuple):
    """One label as it is set: `key` is empty where it is not known."""

    span: Span
    key: str
    value: Fact[str]


def labels(stage: Stage) -> Iterator[Label]:
    """The labels that a stage sets itself, in order."""
    for instruction in stage.of("LABEL"):
        words = instruction.words
        if len(words) == _PAIR and "=" not in words[0].raw:
            key = words[0].text if isinstance(words[0].value, Known) else ""
            yield Label(words[0].span, key, words[1].value)
            continue
        for word in words:
            if isinstance(word.value, Known):
                key, _, value = word.value.value.partition("=")
                yield Label(word.span, key, Known(value, word.span))
            else:
                key = word.raw.partition("=")[0].strip("\"'")
                yield Label(word.span, "" if "$" in key else key, UNKNOWN)
