"""Questions about holes of products that are known by their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.knowledge.advisories import open_in
from imagelint.knowledge.versions import compare_versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.knowledge.advisories import Advisory


class OpenHoles(NamedTuple):
    """The holes of a product in one version.

    `certain` are those that are open whatever it is told, and those whose condition holds;
    `others` depend on what is not seen. `fixed` is the version in which all of both are closed.
    """

    certain: tuple[Advisory, ...]
    others: tuple[Advisory, ...]
    fixed: str

    @property
    def worst(self) -> Advisory:
        """The one of the highest score among those that are certain, else among all."""
        return max(self.certain or self.others, key=lambda advisory: advisory.score)

    @property
    def listed(self) -> str:
        """Their names: `CVE-2025-23254, CVE-2026-24163 and 3 more`."""
        names = [advisory.id for advisory in (*self.certain, *self.others)]
        shown = ", ".join(names[:_SHOWN])
        return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


_SHOWN = 6


def open_holes(
    product: str, version: str, server: ServingCommand | None = None
) -> OpenHoles | None:
    """What is known to be open in a version of a product; None where nothing is."""
    certain: list[Advisory] = []
    others: list[Advisory] = []
    for advisory in open_in(product, version):
        holds = _condition_holds(advisory.condition, server)
        if holds is None:
            others.append(advisory)
        elif holds:
            certain.append(advisory)
    if not certain and not others:
        return None
    fixed = ""
    for advisory in (*certain, *others):
        order = compare_versions(advisory.fixed, fixed) if fixed else 1
        fixed = advisory.fixed if order is not None and order > 0 else fixed
    return OpenHoles(tuple(certain), tuple(others), fixed)


def _condition_holds(condition: str, server: ServingCommand | None) -> bool | None:
    """Whether a condition is met; None where nothing that is seen tells it."""
    if not condition:
        return True
    if server is None or " " in condition:
        return None
    # Not above: packages and lists of them are judged without any server.
    from imagelint.documents.queries.serving import setting

    if condition.startswith("--"):
        switch = server.find_switch(condition.removeprefix("--"))
        # An operator that fetches at a revision tells the server none.
        operated = switch is not None and any(one.span == switch.span for one in server.launch.told)
        fact = ABSENT if switch is None or operated else switch.value
    elif condition.isupper():
        fact = setting(server, condition)
    else:
        return None
    if isinstance(fact, Known):
        return fact.value not in ("", "0", "false")
    return False


def servers_of_images(document: Document) -> Mapping[Span, ServingCommand]:
    """The servers of a document by the place that names their image."""
    return document.derived(_by_image)


def _by_image(document: Document) -> dict[Span, ServingCommand]:
    from imagelint.documents.serving.command import ServingCommand

    return {
        server.launch.image.span: server
        for server in document.nodes_of(ServingCommand)
        if server.launch.image is not None
    }
