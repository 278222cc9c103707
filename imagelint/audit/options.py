"""How an audit is to be done."""

from __future__ import annotations

from imagelint.collect import environment
from imagelint.collect.registry.polite import Limits
from imagelint.core.record import NamedTuple

DEPTHS = ("config", "signatures", "sbom", "layers", "scan")
"""How deep an audit looks, each deeper than the one before: but `layers` reads no SBOM."""


class Shard(NamedTuple):
    """The part of the whole that is done here: `number` of `of`, from 1 on."""

    number: int = 1
    of: int = 1

    def has(self, reference: str) -> bool:
        """Whether a reference is of this part."""
        return shard_of(reference, self.of) == self.number


def shard_of(reference: str, of: int) -> int:
    """The number of the part that a reference is of: the same wherever it is asked."""
    import hashlib

    if of == 1:
        return 1
    digest = hashlib.sha256(reference.encode()).digest()
    return int.from_bytes(digest[:8]) % of + 1


class AuditOptions(NamedTuple):
    """How an audit is to be done.

    `seconds` bound one image, waits included; `threads` is how many images are looked at together,
    of one registry no more than its limits say. `kept` asks nothing: what the store knows is
    judged. `assigned`: a scheduler hands out shards, each to one worker, so that whoever began this
    one is gone. `lists`: with what vulnerabilities are compared (`kev`, `epss`).
    """

    depth: str = "config"
    platforms: tuple[str, ...] = ()
    limits: Limits = Limits()
    threads: int = 32
    seconds: float = 120.0
    shard: Shard = Shard()
    kept: bool = False
    assigned: bool = False
    lists: tuple[str, ...] = ()

    @property
    def looked_for(self) -> str:
        """What of an image is looked at, as a text: what else judges the same is the same.

        What may change for the same digest is looked at again on another day.
        """
        day = "" if self.depth == DEPTHS[0] else environment.today()
        return repr((self.depth, self.platforms, day))
