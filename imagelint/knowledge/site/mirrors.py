"""Mirrors: under which name an image is known that a site keeps under another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.knowledge.tables import consulted, looked_up, site_facts

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image

_HUB = "docker.io"


class Original(NamedTuple):
    """An image under the name that its project gives it."""

    registry: str
    repository: str
    tag: str

    @property
    def name(self) -> str:
        """Registry and repository."""
        return f"{self.registry}/{self.repository}"


def original(reference: Image) -> Image:
    """The image that a reference leads to, through the mirror that it names, if any."""
    mirrors = _mirrors()
    if not mirrors:
        return reference
    name = f"{reference.registry}/{reference.repository}"
    for prefix, upstream in mirrors:
        if name.startswith(f"{prefix}/"):
            consulted("mirrors")
            registry, _, folder = upstream.partition("/")
            rest = name[len(prefix) + 1 :]
            repository = f"{folder}/{rest}" if folder else rest
            official = registry == _HUB and "/" not in repository
            return Original(
                registry, f"library/{repository}" if official else repository, reference.tag
            )
    return reference


@looked_up
def _mirrors() -> tuple[tuple[str, str], ...]:
    """Prefixes with what lies there: the longest first, and of the same the last that is said."""
    facts = site_facts()
    if not facts:
        return ()
    from imagelint.knowledge.site.extend import entries

    said = {
        row["prefix"].strip("/"): row["upstream"].strip("/")
        for row in entries("mirrors", facts)[::-1]
    }
    return tuple(sorted(said.items(), key=lambda pair: -len(pair[0])))
