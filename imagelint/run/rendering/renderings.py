"""What was rendered for a run, before its files are examined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from imagelint.core.report import Problem
    from imagelint.documents.rendering.rendered import RenderedChart, RenderedText

    Rendered: TypeAlias = tuple[
        RenderedText | None,
        tuple[RenderedChart, ...] | None,
        tuple[Problem, ...] | None,
        bool,
        bool,
        tuple[RenderedText, ...] | None,
    ]


class Renderings(NamedTuple):
    """What is rendered for a run, by the origin of each kustomization and each chart.

    `charts` holds what a chart makes with each of its files of values. `covered` are the files
    whose objects are judged as they are rendered, `empty` the templates of which nothing was made.
    `delivered` is what folders make that Flux and Argo CD deploy with changes, by the origin of
    what says so.
    """

    texts: Mapping[str, RenderedText] = {}
    charts: Mapping[str, tuple[RenderedChart, ...]] = {}
    problems: Mapping[str, tuple[Problem, ...]] = {}
    covered: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    delivered: Mapping[str, tuple[RenderedText, ...]] = {}

    @property
    def concerned(self) -> frozenset[str]:
        """The files about which something else is said than they say themselves."""
        return (
            self.covered
            | self.empty
            | self.texts.keys()
            | self.charts.keys()
            | self.delivered.keys()
            | self.problems.keys()
        )

    def of(self, origin: str) -> Rendered:
        """What is rendered for one file, or of it: the same where it is judged the same."""
        return (
            self.texts.get(origin),
            self.charts.get(origin),
            self.problems.get(origin),
            origin in self.covered,
            origin in self.empty,
            self.delivered.get(origin),
        )

    def stamp(self, origin: str) -> str | None:
        """What tells all that is rendered for one file; None where that is not known."""
        text, charts, problems, covered, empty, delivered = self.of(origin)
        keys = [one.key for one in (*((text,) if text is not None else ()), *(delivered or ()))]
        keys += [chart.key for chart in charts or ()]
        if problems or not all(keys):
            return None
        return digest_of(*keys, f"{covered} {empty}")

    @property
    def digest(self) -> str | None:
        """What tells all that is rendered in a run; None where that is not known."""
        origins = sorted({*self.texts, *self.charts, *self.delivered})
        stamps = [stamp for origin in origins if (stamp := self.stamp(origin)) is not None]
        whole = [part for pair in zip(origins, stamps, strict=False) for part in pair]
        return digest_of(*whole) if len(stamps) == len(origins) else None

    def within(self, folder: str) -> Renderings:
        """What is rendered for the files of a folder and those below it."""
        start = f"{folder}/" if folder else ""
        return Renderings(
            {origin: text for origin, text in self.texts.items() if origin.startswith(start)},
            {origin: made for origin, made in self.charts.items() if origin.startswith(start)},
            {origin: told for origin, told in self.problems.items() if origin.startswith(start)},
            frozenset(origin for origin in self.covered if origin.startswith(start)),
            frozenset(origin for origin in self.empty if origin.startswith(start)),
            {origin: made for origin, made in self.delivered.items() if origin.startswith(start)},
        )

    def __add__(self, other: object) -> Renderings:
        """What is rendered here and there, of different files."""
        if not isinstance(other, Renderings):
            return NotImplemented
        return Renderings(
            {**self.texts, **other.texts},
            {**self.charts, **other.charts},
            {**self.problems, **other.problems},
            self.covered | other.covered,
            self.empty | other.empty,
            {**self.delivered, **other.delivered},
        )._once()

    def _once(self) -> Renderings:
        """The same without what kustomizations make that somebody deploys with changes."""
        deployed = {one.sources[0] for made in self.delivered.values() for one in made}
        if deployed.isdisjoint(self.texts):
            return self
        texts = {origin: text for origin, text in self.texts.items() if origin not in deployed}
        return self._replace(texts=texts)


NO_RENDERINGS = Renderings()
KUSTOMIZATIONS = ("/kustomization.yaml", "/kustomization.yml", "/Kustomization")
"""How the paths of files end that may have to be built."""
CHARTS = ("/Chart.yaml",)
"""How the paths of files end that may have to be rendered."""
