"""What the table of contents holds of a rule."""

from __future__ import annotations

from imagelint.core.record import NamedTuple


class Entry(NamedTuple):
    """What can be asked about a rule without importing it; `subjects` as `catalog.key_of` says.

    `triggers` are the keywords and programs of which a node must hold one for the rule to say
    anything about it, so that most rules are never imported for most files.
    """

    family: str
    subjects: tuple[str, ...]
    references: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
