"""What a site knows of its own GPUs, engines, mirrors, images, operators, models and nodes."""

from __future__ import annotations

from imagelint.core.record import NamedTuple

DEFAULT_STALE_AFTER = 180
"""Days after which a site's facts are to be looked at again, where their file says nothing."""


class SiteFacts(NamedTuple):
    """One section of a file of facts that a policy names.

    `section` is its key (`gpus`), `origin` the file as the user knows it, `entries` are what stands
    there, valid, as a JSON list. The file was last compared with its `source` on the day `asof`,
    written as `YYYY-MM-DD` (both empty where it does not say), and is to be compared again
    `stale_after` days later.
    """

    section: str
    origin: str
    entries: str
    asof: str = ""
    source: str = ""
    stale_after: int = DEFAULT_STALE_AFTER

    @property
    def name(self) -> str:
        """What tables call it: `site.yaml: gpus`."""
        return f"{self.origin}: {self.section}"
