"""What the layers of an image hold: read, and told as evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.images.contents import inspect
from imagelint.core.redact import redact
from imagelint.documents.image.layers.nodes import LayerContents, Waste

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.images.contents import KeptLayers
    from imagelint.core.report import Problem
    from imagelint.documents.image.image import ImageTarget

_LONGEST = 70
_UNITS = ("B", "KB", "MB", "GB", "TB")
_KILO = 1000
_TEN = 10


def read_layers(
    targets: tuple[ImageTarget, ...],
    deadline: Deadline,
    tell: Callable[[str], None],
    kept: KeptLayers | None = None,
) -> tuple[tuple[ImageTarget, ...], tuple[Problem, ...]]:
    """The images with what their layers hold, and why some layers could not be read."""
    found = [inspect(target, deadline, tell, kept) for target in targets]
    problems = tuple(problem for one in found for problem in one.problems)
    return tuple(one.target for one in found), problems


def read_for_comparison(
    targets: tuple[ImageTarget, ...],
    deadline: Deadline,
    tell: Callable[[str], None],
    most: float,
) -> tuple[tuple[ImageTarget, ...], tuple[Problem, ...], tuple[tuple[str, str], ...]]:
    """The images, with what their layers hold where those are at hand or no larger than `most`.

    Besides them problems, and what the evidence tells.
    """
    size = sum(layer.size for one in targets for layer in one.identity.layers)
    if not targets[0].identity.layout and size > most:
        left = f"{in_bytes(size)} in a registry, to be read with `--layers`"
        return targets, (), (("list of packages", f"not held against the layers: {left}"),)
    found, problems = read_layers(targets, deadline, tell)
    if not problems:
        return found, (), (("list of packages", f"held against the layers ({in_bytes(size)})"),)
    return targets, problems, ()


def layer_evidence(target: ImageTarget, *, each: bool) -> Iterator[tuple[str, str]]:
    """What was read of an image; with `each`, a row for every layer."""
    label = target.identity.label
    layers = [node for node in target.contents if isinstance(node, LayerContents)]
    entries = sum(layer.entries for layer in layers)
    size = in_bytes(sum(layer.size for layer in layers))
    yield f"{label}layers", f"{len(layers)} read ({size} stored, {entries:,} entries)"
    for layer in layers if each else ():
        yield f"{label}layer {layer.number}", _row(layer)
    for node in target.contents:
        if isinstance(node, Waste):
            share = f"{node.efficiency:.1%} efficient, {in_bytes(node.wasted)} wasted"
            yield f"{label}as dive counts", f"{share} ({node.share:.1%} of the upper layers)"
            seen = f"{in_bytes(node.dead)} never seen ({in_bytes(node.packed)} as stored)"
            yield f"{label}reclaimable", seen


def _row(layer: LayerContents) -> str:
    command = redact(layer.command)
    command = command if len(command) <= _LONGEST else f"{command[: _LONGEST - 1]}…"
    holds = ", ".join(f"{name} {in_bytes(size)}" for name, size in layer.holds)
    parts = (
        f"{in_bytes(layer.size)} stored, {in_bytes(layer.unpacked)} unpacked",
        f"{layer.entries:,} {'entry' if layer.entries == 1 else 'entries'}",
        command or "nobody tells what made it",
        holds and f"holds {holds}",
        f"{in_bytes(layer.dead)} never seen" if layer.dead else "",
    )
    return " · ".join(part for part in parts if part)


def in_bytes(size: float) -> str:
    """A number of bytes for people: `12 MB`, `1.4 GB`."""
    unit = 0
    while size >= _KILO and unit < len(_UNITS) - 1:
        size /= _KILO
        unit += 1
    digits = 1 if unit and size < _TEN else 0
    return f"{size:.{digits}f} {_UNITS[unit]}"
