"""Which findings are new in a run and which are fixed, beside an earlier one."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.record import NamedTuple
from imagelint.fleet.unasked import asked_alike
from imagelint.store.contents.reading import INSTALLED
from imagelint.store.reading import Reader
from imagelint.store.rollups import RollUps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.store import views
    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

MOST_CHANGES = 2_000
MOST_COMPARED = 20_000
"""Images of which a page tells: those of a whole new policy would take it a minute."""
_PAGE = 500
_Findings: TypeAlias = "Mapping[str, views.FindingView]"
_Kinds: TypeAlias = "Callable[[views.FindingView], str]"
_Page: TypeAlias = "list[views.FindingChange]"


def changes_since(
    store: Store, before: views.RunView | None, run: views.RunView, wanted: ResultFilter
) -> Iterator[_Page]:
    """What is new, fixed or allowed in each image whose findings may differ, image by image.

    What a finding is about decides whether it is the same one, and not its words: a package of
    another version with the same vulnerability has it still.
    """
    if before is None:
        return

    def left(found: views.FindingView) -> str:
        """What became of a finding which a run that looked again does not have."""
        return "fixed" if asked_alike(before, run, found.rule) else "not-asked"

    reader = Reader(store)
    both = RollUps(store).judged_twice(before.id, run.id, wanted.of_images)
    while part := list(islice(both, _PAGE)):
        judgements = {each for one in part for each in (one.before, one.after) if each}
        found = reader.findings_of(judgements, wanted)
        for one in part:
            was, now = (_named(found.get(each, ())) for each in (one.before, one.after))
            yield list(_of_image(one, was, now, left))


def _of_image(
    one: views.JudgedTwice, was: _Findings, now: _Findings, left: _Kinds
) -> Iterator[views.FindingChange]:
    from imagelint.store.views import FindingChange

    for key, found in now.items():
        other = was.get(key)
        if other is None:
            kind = "" if found.allowed else "new-image" if one.is_alone else "new"
        elif bool(other.allowed) == bool(found.allowed):
            kind = ""
        else:
            kind = "allowed" if found.allowed else "counts-again"
        if kind:
            yield FindingChange(kind, one.reference, one.owner, found)
    for key, found in was.items():
        if key in now or found.allowed:
            continue
        kind = "gone-image" if one.is_alone else left(found) if one.is_told else "not-audited"
        yield FindingChange(kind, one.reference, one.owner, found)


def _named(found: Iterable[views.FindingView]) -> dict[str, views.FindingView]:
    """Findings by what they are about; of several alike one that counts."""
    named: dict[str, views.FindingView] = {}
    for one in found:
        if one.rule == INSTALLED:
            continue
        about = (one.vulnerability, one.package) if one.vulnerability else _about(one)
        key = "\0".join((one.rule, *about))
        if key not in named or named[key].allowed:
            named[key] = one
    return named


def _about(one: views.FindingView) -> tuple[str, ...]:
    return (one.place, one.subject or one.message)


class FirstChanges(NamedTuple):
    """Some changes, how many there are of each kind, and whether there are images besides."""

    kept: tuple[views.FindingChange, ...]
    counts: Mapping[str, int]
    are_cut: bool


NO_CHANGES = FirstChanges((), {}, are_cut=False)


def first_changes(
    pages: Iterable[_Page], most: int = MOST_CHANGES, images: int = MOST_COMPARED
) -> FirstChanges:
    """The worst so many changes of so many images."""
    from heapq import nsmallest

    counts: Counter[str] = Counter()
    compared = iter(pages)

    def counted() -> Iterator[views.FindingChange]:
        for page in islice(compared, images):
            counts.update(one.kind for one in page)
            yield from page

    kept = nsmallest(most, counted(), key=_rank)
    cut = next(compared, None) is not None
    return FirstChanges(tuple(kept), dict(sorted(counts.items())), cut)


_ORDER = ("new", "counts-again", "fixed", "new-image")


def _rank(one: views.FindingChange) -> tuple[int, int]:
    order = _ORDER.index(one.kind) if one.kind in _ORDER else len(_ORDER)
    return order, -one.finding.severity
