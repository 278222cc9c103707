"""Images at their end: those that nobody mends, and those that lie elsewhere now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image
    from imagelint.knowledge.schema import EndedRow


class EndOfLife(NamedTuple):
    """What is at its end in an image, since when (`YYYY-MM-DD`), and what takes its place."""

    name: str
    ended: str
    successor: str


class MovedImage(NamedTuple):
    """Where an image lies now, and since when."""

    to: str
    since: str


def end_of_life(reference: Image) -> EndOfLife | None:
    """What of an image is at its end, by its name and tag; None where nothing is known to be."""
    image = original(reference)
    for row in _ended(f"{image.registry}/{image.repository}"):
        if any(matches(reference.tag, glob) for glob in row.get("without", ())):
            continue
        if not row["tags"] or any(matches(reference.tag, glob) for glob in row["tags"]):
            return EndOfLife(row["name"], row["ended"], row["successor"])
    return None


@looked_up
def _ended(name: str) -> tuple[EndedRow, ...]:
    """What may be at its end in images of a name."""
    rows = table("lifetimes")["ended"]
    return tuple(row for row in rows if any(matches(name, glob) for glob in row["images"]))


def moved_image(reference: Image) -> MovedImage | None:
    """Where an image lies now that lay where it is named; None for any other."""
    name = f"{reference.registry}/{reference.repository}"
    rows = table("lifetimes")["moved"]
    return next((MovedImage(row["to"], row["since"]) for row in rows if row["image"] == name), None)
