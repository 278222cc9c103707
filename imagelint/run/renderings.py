"""What was rendered for a run, before its files are examined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.report import Problem
    from imagelint.documents.rendered import RenderedText


class Renderings(NamedTuple):
    """What the kustomizations of a run make, by the origin of each.

    `covered` are the files whose objects are judged as they are rendered.
    """

    texts: Mapping[str, RenderedText] = {}
    problems: Mapping[str, Problem] = {}
    covered: frozenset[str] = frozenset()

    @property
    def concerned(self) -> frozenset[str]:
        """The files about which something else is said than they say themselves."""
        return self.covered | self.texts.keys() | self.problems.keys()


NO_RENDERINGS = Renderings()
KUSTOMIZATIONS = ("/kustomization.yaml", "/kustomization.yml", "/Kustomization")
"""How the paths of files end that may have to be rendered."""
