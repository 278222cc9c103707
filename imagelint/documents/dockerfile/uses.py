"""What a stage takes from other stages and images: `COPY --from`, `RUN --mount=from=`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.shared import ImageRole, ImageUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.documents.dockerfile.graph import StageGraph
    from imagelint.documents.dockerfile.model import Flag, Instruction
    from imagelint.documents.dockerfile.stages import StageBuilder

_FROM = pattern(r"(?:^|[=,])\s*from\s*=\s*([^,\"'\s]*)", re.IGNORECASE)


class UseSource(NamedTuple):
    """What one `from` names, where, and in which role."""

    value: Fact[str]
    span: Span
    text: str
    role: ImageRole


def origins_of(instruction: Instruction) -> Iterator[UseSource]:
    """All that an instruction takes files from, besides the build context."""
    if instruction.onbuild is not None:
        yield from origins_of(instruction.onbuild)
    if instruction.keyword == "COPY":
        flag = instruction.flag("from")
        if flag is not None and flag.text:
            value = UNKNOWN if "$" in flag.text else flag.value
            yield UseSource(value, flag.value_span, flag.text, ImageRole.COPY)
    elif instruction.keyword == "RUN":
        for flag in instruction.flags_named("mount"):
            yield from _mounted(flag)


def _mounted(flag: Flag) -> Iterator[UseSource]:
    name = flag.options().get("from", "")
    if not name:
        return
    match = _FROM.search(flag.raw)
    span, text = flag.value_span, name
    if match is not None:
        span = Span(flag.span.start + match.start(1), flag.span.start + match.end(1))
        text = match[1]
    value: Fact[str] = UNKNOWN if "$" in text else Known(name, span)
    yield UseSource(value, span, text, ImageRole.MOUNT)


def copied_images(
    instruction: Instruction, graph: StageGraph, edges: set[int]
) -> Iterator[ImageUse]:
    """The outside images that an instruction copies from; stages go into `edges`."""
    for origin in origins_of(instruction):
        if isinstance(origin.value, Known):
            found = graph.find(origin.value.value)
            if found is not None:
                edges.add(found)
                continue
        image = graph.image(origin.value, origin.span, origin.text, origin.role)
        if image is not None:
            yield image


def stages_used(stages: Sequence[StageBuilder], last: int) -> frozenset[int]:
    """The stages that one is made of, itself included."""
    used: set[int] = set()
    waiting = [last] if stages else []
    while waiting:
        number = waiting.pop()
        if number in used:
            continue
        used.add(number)
        waiting.extend(_made_of(stages[number]))
    return frozenset(used)


def targets(stages: Sequence[StageBuilder], used: frozenset[int]) -> frozenset[int]:
    """The named stages that no other is made of, and what they are built upon.

    Nothing but `--target` builds them: the other images of a file that makes several.
    """
    needed = frozenset(number for builder in stages for number in _made_of(builder))
    found: set[int] = set()
    for number, builder in enumerate(stages):
        at = number if builder.outline is not None and builder.outline.name else None
        if number in used or number in needed:
            continue
        while at is not None and at not in found:
            found.add(at)
            outline = stages[at].outline
            at = outline.base_stage if outline is not None else None
    return frozenset(found)


def _made_of(builder: StageBuilder) -> tuple[int, ...]:
    base = builder.outline.base_stage if builder.outline is not None else None
    return (*builder.edges, *(() if base is None else (base,)))
