"""What the words that start an engine start as well: another server, by what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Namesake(NamedTuple):
    """What is started by the words of an engine, and by what it is told from it.

    `flags` have no dashes; beside them stand the values by which they tell it, none for any.
    """

    title: str
    flags: Mapping[str, Sequence[str]]
    variables: frozenset[str]
    models: tuple[str, ...]

    def serves(self, model: str) -> bool:
        """Whether a model is of those that only it serves."""
        return any(matches(model, glob) for glob in self.models)


@looked_up
def namesakes(engine: str) -> tuple[Namesake, ...]:
    """What the words of an engine start as well."""
    return tuple(
        Namesake(row["title"], row["flags"], frozenset(row["variables"]), tuple(row["models"]))
        for row in table("other_servers")["namesakes"]
        if row["engine"] == engine
    )
