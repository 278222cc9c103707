"""What `COPY --from` and `RUN --mount=from=` name, and circles of stages.

The rules are those of `toCommand`, `detectRunMount` and `validateCircularDependency` in
`frontend/dockerfile/dockerfile2llb` of moby/buildkit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.complaints import CircularStage, UnknownStage, VariableInFrom
from imagelint.documents.dockerfile.uses import origins_of
from imagelint.documents.shared import ImageRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.dockerfile.graph import StageGraph
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.dockerfile.uses import UseSource

_MOST = 100  # that are followed through all stages; people write none
_NUMBER = pattern(r"[+-]?\d{1,9}", re.ASCII)


def stage_complaints(instructions: Iterable[Instruction], graph: StageGraph) -> Iterator[Complaint]:
    """What is refused of the stages that the instructions of a file take files from."""
    leads = [_based(number, graph) for number in range(len(graph.outlines))]
    taken: list[tuple[UseSource, int, int]] = []
    for instruction in instructions:
        for source in origins_of(instruction):
            fault = _fault(source, graph)
            if fault is not None:
                yield fault
                continue
            found = graph.find(source.value.value) if isinstance(source.value, Known) else None
            # What ONBUILD keeps runs in another file.
            if found is not None and instruction.stage >= 0 and instruction.onbuild is None:
                taken.append((source, instruction.stage, found))
                leads[instruction.stage].add(found)
    yield from _circles(taken, leads, graph)


def _based(number: int, graph: StageGraph) -> set[int]:
    base = graph.outlines[number].base_stage
    return set() if base is None else {base}


def _fault(source: UseSource, graph: StageGraph) -> Complaint | None:
    name = source.text
    if "$" in name.rstrip("$"):
        message = f"{name[:40]} is not expanded here: no variable is"
        help_ = "name the image in a FROM … AS of its own, where a variable may stand"
        return VariableInFrom(source.span, name, message, help_)
    if not _NUMBER.fullmatch(name) or name in graph.contexts:
        return None
    count = len(graph.outlines)
    if source.role is ImageRole.MOUNT:
        if name.lower() in graph.names:
            return None
        message = f"a mount names its stage, and does not count: {name} is taken for an image"
        return UnknownStage(source.span, name, message, "give the stage a name with AS")
    if 0 <= int(name) < count:
        return None
    message = f"there is no stage {name}: the last of them is {count - 1}"
    return UnknownStage(source.span, name, message, "stages count from 0; better name them with AS")


def _circles(
    taken: list[tuple[UseSource, int, int]], leads: list[set[int]], graph: StageGraph
) -> Iterator[Complaint]:
    """One complaint for each circle: where a stage of it takes from itself or from a later one."""
    ahead = [(source, stage, found) for source, stage, found in taken if found >= stage]
    for source, stage, found in ahead[:_MOST]:
        if not _reaches(found, stage, leads):
            continue
        leads[stage].discard(found)
        name = graph.outlines[found].name or str(found)
        message = (
            f"{name} is the stage in which this stands"
            if found == stage
            else f"the stage {name} is itself made of this one"
        )
        help_ = "name another stage, or move what both need into a stage before them"
        yield CircularStage(source.span, source.text, message, help_)


def _reaches(start: int, goal: int, leads: list[set[int]]) -> bool:
    waiting, seen = [start], set[int]()
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            waiting.extend(leads[at])
    return False
