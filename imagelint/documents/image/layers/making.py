"""Which line of a Dockerfile made which layer of an image.

An image tells its steps (`history`), a Dockerfile its instructions: they are laid side by side from
the end. Only where every step of the one is the instruction of the other, and the words of at least
one that makes a layer agree, it is that Dockerfile; what is below is the base image's.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imagelint.documents.dockerfile.document import Dockerfile
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.image.layers.nodes import HistoryStep

_COPIES = ("COPY", "ADD")


class Making(NamedTuple):
    """What made an image: by number of a step its instruction; `base` is that of all below."""

    steps: Mapping[int, Instruction]
    base: Stage

    def of(self, step: HistoryStep) -> Instruction | Stage:
        """What made a step."""
        return self.steps.get(step.number, self.base)


def making_of(history: Sequence[HistoryStep], file: Dockerfile) -> Making | None:
    """How a Dockerfile made an image with such a history; None where it did not.

    The last stage is asked first, then those that may have been built with `--target`.
    """
    for stage in reversed(file.stages):
        steps = _aligned(history, _from_the_end(file, stage))
        if steps is not None:
            lowest = deque(_chain(file, stage), maxlen=1)[0]
            if not (lowest.scratch and len(steps) < len(history)):
                return Making(steps, lowest)
    return None


def _chain(file: Dockerfile, stage: Stage) -> Iterator[Stage]:
    """A stage, and then those of the file that it is built upon, the lowest last."""
    yield stage
    while (below := stage.base_stage) is not None and below < stage.index:
        stage = file.stages[below]
        yield stage


def _from_the_end(file: Dockerfile, stage: Stage) -> Iterator[Instruction]:
    """What builds a stage, the last first: most are known not to be it at their first."""
    for one in _chain(file, stage):
        yield from (each for each in reversed(one.instructions) if each.keyword != "FROM")


def _aligned(
    history: Sequence[HistoryStep], instructions: Iterable[Instruction]
) -> dict[int, Instruction] | None:
    """By number of a step its instruction, of the last first; None where they are not the same."""
    found: dict[int, Instruction] = {}
    at, agreed = len(history) - 1, False
    for instruction in instructions:
        keyword, _, words = history[at].command.partition(" ") if at >= 0 else ("", "", "")
        if keyword.upper() != instruction.keyword:
            if instruction.keyword == "ARG":  # some builders do not tell of it
                continue
            return None
        said = _agrees(instruction, words)
        if said is False:
            return None
        agreed = agreed or said is True
        found[history[at].number] = instruction
        at -= 1
    return found if agreed else None


def _agrees(instruction: Instruction, words: str) -> bool | None:
    """Whether the words of a step are those of an instruction; None: they need not be alike."""
    if instruction.heredocs:
        return None
    if instruction.keyword == "RUN":
        written = " ".join(instruction.arguments) if instruction.json else instruction.value
        return written.split() == words.split()
    if instruction.keyword in _COPIES and instruction.words:
        target = value_or(instruction.words[-1].value, "")
        last = words.split()[-1:]
        return _path(last[0]).endswith(_path(target)) if target and last else None
    return None


def _path(text: str) -> str:
    """A path without what is written differently: `./app/`, `/app`, `app`."""
    parts = [part for part in text.strip("\"'[]").split("/") if part not in ("", ".")]
    return "/".join(("", *parts))
