"""What an image tells of how it was built.

https://github.com/opencontainers/image-spec/blob/main/config.md: `history` lists the steps from the
first, those with `empty_layer` made none. BuildKit and the old builder write commands differently;
here they are as a Dockerfile has them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.image.layers.nodes import NOWHERE, HistoryGap, HistoryStep

if TYPE_CHECKING:
    from imagelint.documents.image.jsonview import JsonView

_MOST_STEPS = 2_000
_NOP = pattern(r"/bin/sh -c #\(nop\)\s*")
_SHELL = pattern(
    # What stands between is taken at once: word by word there would be as many ways as subsets.
    r"(?:RUN )?(?:\|\d+ (?:[^\s=]+=.*? )?)?(?:/bin/(?:ba)?sh) (?:-[a-z]+ |-o pipefail )*-c "
)
_BUILDKIT = pattern(r"\s*# buildkit$")
_COPIED = pattern(r"^(ADD|COPY) (?:file|dir|multi):\S+ in ")


def history_of(config: JsonView, layers: int) -> tuple[HistoryStep | HistoryGap, ...]:
    """The steps of a configuration; a gap as well where they tell of another number of layers."""
    entries = list(config["history"].items())[:_MOST_STEPS]
    making = [not entry["empty_layer"].flag for entry in entries]
    told = sum(making)
    at = 0
    found: list[HistoryStep | HistoryGap] = []
    for number, (entry, made) in enumerate(zip(entries, making, strict=True)):
        at += made
        layer = at if made and told == layers else 0
        command = instruction_of(entry["created_by"].text)
        path = f"history[{number}]"
        found.append(HistoryStep(NOWHERE, number, command, entry["created"].text, layer, path))
    if entries and told != layers:
        found.append(HistoryGap(NOWHERE, told, layers))
    return tuple(found)


@lru_cache(maxsize=4_096)
def instruction_of(created_by: str) -> str:
    """A step as it stands in a Dockerfile: `RUN apt-get update`, `COPY a /b`."""
    text = _BUILDKIT.sub("", created_by.strip())
    plain = _NOP.match(text)
    if plain is not None:
        return _COPIED.sub(r"\1 … ", text[plain.end() :]).strip()
    shell = _SHELL.match(text)
    return f"RUN {text[shell.end() :]}".strip() if shell is not None else text
