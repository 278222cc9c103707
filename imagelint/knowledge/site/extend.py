"""The tables with what a policy knows: its entries stand before ours, the last one first.

Where the first match counts, an entry therefore overrides what the program knows, and what is said
in a later file overrides an earlier one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagelint.knowledge.site.engines import (
    engine_index,
    own_engine,
)
from imagelint.knowledge.site.images import base_images, lacking_images, released_images
from imagelint.knowledge.site.rows import (
    accelerators,
    gpus,
    media_and_sizes,
    model_shapes,
    node_labels,
    operators,
)
from imagelint.knowledge.tables import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from imagelint.core.sitefacts import SiteFacts

    Rows = list[dict[str, Any]]
    Extend = Callable[[Mapping[str, Any], Rows], dict[str, Any]]

# Table -> the sections that say something of it, each with how.
_EXTENDED: Mapping[str, tuple[tuple[str, Extend], ...]] = {
    "accelerators": (("gpus", accelerators),),
    "base_images": (("base-images", base_images),),
    "containers/programs": (("base-images", lacking_images),),
    "cuda": (("base-images", released_images),),
    "engines/index": (("engines", engine_index),),
    "gpus": (("gpus", gpus),),
    "model_shapes": (("models", model_shapes),),
    "models": (("models", media_and_sizes),),
    "node_labels": (("node-labels", node_labels),),
    "operators/index": (("operators", operators),),
}
_ENGINE = "engines/"


def extended(name: str, facts: Iterable[SiteFacts]) -> object:
    """The table of that name with the facts of a site, from the lowest to the highest.

    Raises:
        ModuleNotFoundError: there is no such table.
    """
    given = tuple(facts)
    if name.startswith(_ENGINE) and name not in _EXTENDED:
        return own_engine(name.removeprefix(_ENGINE), entries("engines", given))
    found: Any = shipped(name)
    for section, extend in _EXTENDED.get(name, ()):
        rows = entries(section, given)
        if rows:
            found = extend(found, rows)
    return found


def entries(section: str, facts: Iterable[SiteFacts]) -> Rows:
    """The entries of a section, the last of the highest file first."""
    import json

    rows = [row for one in facts if one.section == section for row in json.loads(one.entries)]
    return rows[::-1]


def tables_of(section: str) -> tuple[str, ...]:
    """The tables of which a section says something; of an engine's own none is named."""
    return tuple(
        name for name, parts in _EXTENDED.items() if any(one == section for one, _ in parts)
    )
