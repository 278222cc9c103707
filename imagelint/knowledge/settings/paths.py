"""Which flags of an engine take a path in the container."""

from __future__ import annotations

from imagelint.knowledge.tables import looked_up, table


@looked_up
def path_flags(engine: str) -> tuple[str, ...]:
    """The flags of an engine, without dashes, that take the path of a file or of a folder."""
    return tuple(
        flag
        for row in table("path_flags")["paths"]
        if row["engine"] == engine
        for flag in row["flags"]
    )


@looked_up
def held_folders() -> frozenset[str]:
    """The folders at the top of the engines' own images, which may hold what nobody mounts."""
    return frozenset(table("path_flags")["held"])
