"""Holes in the products that serving images are made of, by the version that closes each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original
from imagelint.knowledge.tables import looked_up, table
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image

# `v1.17.4-ubuntu20.04`, `v24.9.0`: a release, and what it is built upon.
_LEADING = pattern(r"v?(\d+\.\d+\.\d+)(?![\d.])")


class Advisory(NamedTuple):
    """One hole.

    `score` is the CVSS base score, 0.0 where it is not known. It is there from version `since`
    (empty: from the beginning) and closed in `fixed`. `condition` says what has to be so for it to
    matter (a flag, a variable, or words), empty when it always does.
    """

    product: str
    id: str
    score: float
    since: str
    fixed: str
    condition: str

    @property
    def is_critical(self) -> bool:
        """Whether it is critical by its score and depends on nothing."""
        return self.score >= 9.0 and not self.condition  # noqa: PLR2004 - CVSS calls that critical


@looked_up
def advisories(product: str) -> tuple[Advisory, ...]:
    """All that is known of a product: an engine's name, `torch`, `nvidia-container-toolkit`."""
    rows = table("advisories")["entries"]
    return tuple(Advisory(**row) for row in rows if row["product"] == product)


def open_in(product: str, version: str) -> tuple[Advisory, ...]:
    """The holes that are open in a version, the one that is closed last at the end.

    Empty when the version is none. Only versions of the project's own releases can be compared:
    downstream builds carry fixes under other numbers.
    """
    return tuple(
        advisory
        for advisory in advisories(product)
        if at_least(version, advisory.fixed) is False
        and (not advisory.since or at_least(version, advisory.since))
    )


def product_of_image(reference: Image) -> tuple[str, str]:
    """The product that an image holds, no engine, and its version by the tag; empty for others."""
    image = original(reference)
    name = f"{image.registry}/{image.repository}"
    for row in table("advisories")["products"]:
        if any(matches(name, glob) for glob in row["images"]):
            found = _LEADING.match(reference.tag)
            return row["product"], found[1] if found else ""
    return "", ""


def product_of_package(name: str) -> str:
    """The product that a system package holds, no engine; empty for others."""
    rows = table("advisories")["products"]
    return next((row["product"] for row in rows if name in row["packages"]), "")


def as_of() -> str:
    """The day on which the table was last compared with its sources, as `YYYY-MM-DD`."""
    return str(table("advisories")["asof"])
