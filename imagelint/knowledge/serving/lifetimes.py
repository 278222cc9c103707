"""Images at their end: those that nobody mends, and those that lie elsewhere now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import table

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image


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
    name = f"{reference.registry}/{reference.repository}"
    for row in table("lifetimes")["ended"]:
        if not any(matches(name, glob) for glob in row["images"]):
            continue
        if any(matches(reference.tag, glob) for glob in row.get("without", ())):
            continue
        if not row["tags"] or any(matches(reference.tag, glob) for glob in row["tags"]):
            return EndOfLife(row["name"], row["ended"], row["successor"])
    return None


def moved_image(reference: Image) -> MovedImage | None:
    """Where an image lies now that lay where it is named; None for any other."""
    name = f"{reference.registry}/{reference.repository}"
    rows = table("lifetimes")["moved"]
    return next((MovedImage(row["to"], row["since"]) for row in rows if row["image"] == name), None)
