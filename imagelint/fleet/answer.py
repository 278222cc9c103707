"""The images in which something was found that somebody asks for: all of them, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.fleet.unasked import remedy
from imagelint.fleet.verdicts import together
from imagelint.reporters.visible import visible
from imagelint.store.contents.reading import INSTALLED
from imagelint.store.questions import named_like
from imagelint.store.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.fleet.gather import Fleet
    from imagelint.store import views
    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

_MOST = 5
_ALIKE = ("rule", "package", "vulnerability")
_DIGITS = len("sha256:") + 12


def answer(store: Store, fleet: Fleet) -> Iterator[str]:
    """The lines: of each image its worst finding, name, digest and team; below it what was found.

    Where there is none, what else there is of such a name, and why nobody can tell.
    """
    reader, wanted = Reader(store), fleet.wanted
    none = True
    for part in together(reader.results(fleet.run.id, wanted)):
        found = reader.findings_of({one.judgement for one in part if one.judgement}, wanted)
        for one in part:
            if said := found.get(one.judgement):
                yield "\n" if none else ""
                none = False
                yield from _image(one, said, fleet.run.contacts.get(one.owner, ""))
    if none:
        yield from _nothing(store, fleet)


def _image(
    one: views.ResultView, found: Sequence[views.FindingView], contact: str
) -> Iterator[str]:
    wrong = [said.severity for said in found if said.rule != INSTALLED]
    worst = str(Severity(max(wrong))) if wrong else "installed"
    reached = f"  reached from outside by {visible(one.exposed)}" if one.exposed else ""
    owner = visible(f"{one.owner} ({contact})" if contact else one.owner) or "nobody's"
    yield f"{worst:<9} {visible(one.reference)}  {one.digest[:_DIGITS]}  {owner}{reached}\n"
    for said in found[:_MOST]:
        allowed = f" (allowed by {said.allowed}: {visible(said.reason)})" if said.allowed else ""
        yield f"          {visible(said.message)}{allowed}\n"
    if len(found) > _MOST:
        yield f"          and {len(found) - _MOST:,} more\n"


def _nothing(store: Store, fleet: Fleet) -> Iterator[str]:
    if fleet.unknown:
        yield f"\nnobody knows: {visible(fleet.unknown)}; {remedy(fleet.unknown)}\n"
        return
    if fleet.is_about_nothing:
        met = "no image of that owner or digest, or in such a repository"
        yield f"\nnobody knows: the run met {met}\n"
        return
    had = "has such a package" if fleet.wanted.of_packages else "has a finding like that"
    yield f"\nno image {had}\n"
    for name, word in _words(fleet.wanted):
        with store.reading() as connection:
            names = named_like(connection, name, word, _MOST)
        if names:
            yield f"of such a name the store knows: {visible(', '.join(names))}\n"


def _words(wanted: ResultFilter) -> Iterator[tuple[str, str]]:
    """What is asked for about findings, as name and word."""
    for name, value in wanted.words:
        if name in _ALIKE:
            yield name, value.strip("*")
