"""From which release on an engine knows a model."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.models import model_name
from imagelint.knowledge.tables import looked_up, table
from imagelint.knowledge.versions import at_least


class Unknown(NamedTuple):
    """A family of models that a release does not know, and the first one that does."""

    title: str
    since: str


@looked_up
def unknown_model(engine: str, version: str, model: str) -> Unknown | None:
    """What a release of an engine certainly does not know of a model; None where it may."""
    name = model_name(model).lower()
    for row in table("model_releases")["models"]:
        if row["engine"] == engine and any(matches(name, glob) for glob in row["globs"]):
            old = at_least(row["without"], version)
            return Unknown(row["title"], row["since"]) if old else None
    return None
