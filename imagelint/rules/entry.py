"""What the table of contents holds of a rule."""

from __future__ import annotations

from imagelint.core.record import NamedTuple


class Entry(NamedTuple):
    """What can be asked about a rule without importing it; `subjects` as `catalog.key_of` says."""

    family: str
    subjects: tuple[str, ...]
    references: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
