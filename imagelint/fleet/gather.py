"""All that a report about a run tells, asked of the store once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.fleet.changes import NO_CHANGES, changes_since, first_changes
from imagelint.fleet.days import days_before
from imagelint.fleet.unasked import unasked
from imagelint.store.filters import EVERYTHING
from imagelint.store.questions import made_by
from imagelint.store.reading import Reader
from imagelint.store.records import Category
from imagelint.store.rollups import RollUps
from imagelint.store.tally import GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.fleet.changes import FirstChanges
    from imagelint.store import views
    from imagelint.store.bases import BaseNames
    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

MOST_DRIFT = 2_000
MOST_GROUPS = 200
MOST_VULNERABILITIES = 500
MOST_STALE = 1_000
MOST_PROBLEMS = 2_000
STALE_DAYS = 30
_ALL = 2**31 - 1
_WHICH = "leave --since out for the run before; `imagelint report --table runs` lists all"
_ALARMING = ("signature-lost", "worse")
_TOLD = frozenset(category.value for category in Category if category.is_told)


class Fleet(NamedTuple):
    """A run and what it means beside the runs before it.

    `groups` are roll-ups by what they are made of (`store.tally.GROUPS`), `made` is what made the
    layers among them, `drift` is what changed
    since the run `before` (None: there is none, or only some findings are wanted), cut at
    `MOST_DRIFT` with `drift_counts` by kind of all of it; `changes` are findings that are new,
    fixed or allowed since the run `earlier`, cut at `MOST_CHANGES` and counted for `MOST_COMPARED`
    images; `problems` are cut at `MOST_PROBLEMS`, by category.
    `of_sources` counts the problems that are about no image. `stale` are references whose last
    audit is before `stale_day`. `names` knows what bases are called. All is about what is `wanted`;
    what cannot be told of a part of a run (`trend`, `waivers`) or of some findings (`drift`,
    `stale`) is empty where only that is. `is_about_nothing`: the run met no image that could have
    what is wanted. `unknown` is why the run cannot tell what is wanted, or not of all images.
    """

    run: views.RunView
    overview: views.Overview
    groups: Mapping[str, tuple[views.RollUp, ...]] = {}
    made: Mapping[str, str] = {}
    vulnerabilities: tuple[views.VulnerabilityView, ...] = ()
    trend: tuple[views.TrendPoint, ...] = ()
    before: views.RunView | None = None
    drift: tuple[views.Drift, ...] = ()
    drift_counts: Mapping[str, int] = {}
    earlier: views.RunView | None = None
    changes: FirstChanges = NO_CHANGES
    stale: tuple[tuple[str, str], ...] = ()
    stale_day: str = ""
    waivers: tuple[views.WaiverView, ...] = ()
    problems: tuple[views.ProblemView, ...] = ()
    problem_counts: Mapping[str, int] = {}
    of_sources: int = 0
    names: BaseNames | None = None
    wanted: ResultFilter = EVERYTHING
    is_about_nothing: bool = False
    unknown: str = ""

    @property
    def audited(self) -> int:
        """How many references led to an image that was audited."""
        return self.overview.categories.get(Category.AUDITED.value, 0)

    @property
    def untold(self) -> dict[str, int]:
        """How many references could not be audited, by category."""
        categories = sorted(self.overview.categories.items())
        return {name: number for name, number in categories if name not in _TOLD}

    @property
    def bases(self) -> tuple[views.RollUp, ...]:
        """Bases whose new build would help, the most first."""
        return tuple(base for base in self.groups["base"] if base.shared and base.images > 1)


class Question(NamedTuple):
    """Which run (0: the newest that is through), beside which earlier one (0: the one before).

    A `day` (`2026-01-31`) names the last one up to it instead.

    `stale_days` is the age in days from which an audit of a reference is too old. Where it is not
    `whole`, only what the findings of images need is asked, which a large store answers sooner.
    `uncut` wants all of each group, and not only what a page shows.
    """

    run: int = 0
    since: int = 0
    stale_days: int = STALE_DAYS
    whole: bool = True
    day: str = ""
    wanted: ResultFilter = EVERYTHING
    uncut: bool = False


def gather(store: Store, asked: Question) -> Fleet:
    """What the store says of a run.

    Raises:
        UsageError: there is no such run.
    """
    reader, rollups = Reader(store), RollUps(store)
    run = reader.run(asked.run)
    if run is None:
        raise UsageError(_no_run(asked.run))
    day, wanted = days_before(run.started, asked.stale_days), asked.wanted
    overview = reader.overview(run.id, wanted)
    nothing = not (overview.references or _has_any(reader, run, wanted))
    before = _before(reader, run, asked)
    if not asked.whole:
        of_sources = len(reader.problems_of_sources(run.id))
        return Fleet(
            run,
            overview,
            before=before,
            earlier=before,
            stale_day=day,
            of_sources=of_sources,
            wanted=wanted,
            is_about_nothing=nothing,
            unknown=unasked(store, run, wanted),
        )
    drift, counts = _drift(rollups, None if wanted.of_findings else before, run, wanted)
    tally = rollups.tally(run.id, wanted)
    groups = {group: tally.by(group, _ALL if asked.uncut else MOST_GROUPS) for group in GROUPS}
    of_run, most = wanted == EVERYTHING, None if asked.uncut else MOST_STALE
    stale = () if wanted.of_findings else rollups.not_audited_since(day, most, wanted)
    return Fleet(
        run=run,
        overview=overview,
        groups=groups,
        made=_made(store, groups["layer"]),
        vulnerabilities=tally.vulnerabilities(_ALL if asked.uncut else MOST_VULNERABILITIES),
        trend=rollups.trend(run) if of_run else (),
        before=None if wanted.of_findings else before,
        drift=drift,
        drift_counts=counts,
        earlier=before,
        changes=first_changes(changes_since(store, before, run, wanted)),
        stale=stale,
        stale_day=day,
        waivers=reader.waivers(run.id) if of_run else (),
        problems=reader.problems(run.id, MOST_PROBLEMS, wanted),
        problem_counts=reader.problem_counts(run.id, wanted),
        of_sources=len(reader.problems_of_sources(run.id)),
        names=tally.names,
        wanted=wanted,
        is_about_nothing=nothing,
        unknown=unasked(store, run, wanted),
    )


def _made(store: Store, layers: tuple[views.RollUp, ...]) -> dict[str, str]:
    with store.reading() as connection:
        return made_by(connection, [one.name for one in layers])


def _no_run(number: int) -> Diagnostic:
    if number:
        help_ = "`imagelint report --table runs` lists all"
        return Diagnostic(f"there is no run {number}", help=help_)
    return Diagnostic("nothing was audited yet", help="begin with `imagelint audit`")


def _before(reader: Reader, run: views.RunView, asked: Question) -> views.RunView | None:
    """The run that it is compared with.

    Raises:
        UsageError: there is none like the one that is named.
    """
    before = reader.run(asked.since) if asked.since else reader.before(run, asked.day)
    if (asked.since or asked.day) and before is None:
        named = f"run {asked.since}" if asked.since else f"run of the same up to {asked.day}"
        said = f"there is no {named} to compare with"
        raise UsageError(Diagnostic(said, help=_WHICH))
    return before


def _has_any(reader: Reader, run: views.RunView, wanted: ResultFilter) -> bool:
    """Whether there are images in which to look for the findings that are wanted."""
    return next(reader.results(run.id, wanted.of_images), None) is not None


def _drift(
    rollups: RollUps, before: views.RunView | None, run: views.RunView, wanted: ResultFilter
) -> tuple[tuple[views.Drift, ...], dict[str, int]]:
    if before is None:
        return (), {}
    alarming: list[views.Drift] = []
    other: list[views.Drift] = []
    counts: Counter[str] = Counter()
    for each in rollups.drift(before.id, run.id, wanted):
        counts[each.kind] += 1
        kept = alarming if each.kind in _ALARMING else other
        if len(kept) < MOST_DRIFT:
            kept.append(each)
    return (*alarming, *other)[:MOST_DRIFT], dict(sorted(counts.items()))
