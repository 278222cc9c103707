"""What findings have in common, and what changed from one run to another."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from imagelint.store import models, views
from imagelint.store.filters import EVERYTHING, of_results
from imagelint.store.reading import Reader
from imagelint.store.records import Category
from imagelint.store.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection
    from sqlalchemy.orm import InstrumentedAttribute
    from sqlalchemy.sql.elements import ColumnElement

    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

_TOLD = tuple(category.value for category in Category if category.is_told)
_PAGE = 500
_Asked: TypeAlias = "tuple[Select[*tuple[Any, ...]], InstrumentedAttribute[str]]"
"""A question about references of a run, and the column that orders them."""
_Comparison: TypeAlias = "Callable[[ResultFilter], _Asked]"


class RollUps:
    """Counts the findings of runs, and compares runs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tally(self, run_id: int, wanted: ResultFilter = EVERYTHING) -> Tally:
        """The findings of a run by what they have in common: one walk over its images."""
        return Tally(self._store, run_id, wanted)

    def trend(self, run: views.RunView, most: int = 60) -> tuple[views.TrendPoint, ...]:
        """The newest finished runs that are like one, the oldest first."""
        runs = Reader(self._store).alike(run)[:most]
        known = self._numbers([run.id for run in runs])
        return tuple(
            views.TrendPoint(run.id, run.started, *known.get(run.id, _NO_NUMBERS))
            for run in reversed(runs)
        )

    def numbers(self, runs: list[int]) -> dict[int, tuple[int, int, int]]:
        """Of each run its references, those that could not be audited, and findings that count."""
        known = self._numbers(runs)
        said = {run: known.get(run, _NO_NUMBERS) for run in runs}
        return {run: (many, lost, found.total) for run, (many, lost, found) in said.items()}

    def _numbers(self, runs: list[int]) -> dict[int, _Numbers]:
        with self._store.reading() as connection:
            known = _kept_numbers(connection, runs)
            # What an earlier release did is counted now.
            return known | run_numbers(connection, [run for run in runs if run not in known])

    def drift(
        self, before: int, after: int, wanted: ResultFilter = EVERYTHING
    ) -> Iterator[views.Drift]:
        """What is different in a later run, by reference; whatever findings are wanted."""
        with self._store.reading() as connection:
            # Who asks a server for all at once holds all at once.
            streaming = connection.execution_options(yield_per=_PAGE)
            yield from _differences(streaming, before, after, wanted)

    def judged_twice(
        self, before: int, after: int, wanted: ResultFilter = EVERYTHING
    ) -> Iterator[views.JudgedTwice]:
        """References of two runs whose findings may differ, with how each was judged.

        They are asked page by page: no connection is held while somebody asks what was found.
        """
        both = partial(_judged_otherwise, before, after)
        yield from (_otherwise(row) for row in self._pages(both, wanted))
        for there, other in ((after, before), (before, after)):
            alone = partial(_lacking, there, other)
            for row in self._pages(alone, wanted):
                judged = row.judgement or ""
                was, now = ("", judged) if there == after else (judged, "")
                yield views.JudgedTwice(row.reference, row.owner, was, now, is_alone=True)

    def _pages(self, ask: _Comparison, wanted: ResultFilter) -> Iterator[Any]:
        """The rows that a comparison gives, in the order of their references."""
        query, reference = ask(wanted)
        query = query.order_by(reference).limit(_PAGE)
        last = ""
        while True:
            with self._store.reading() as connection:
                page = connection.execute(query.where(reference > last)).all()
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].reference

    def not_audited_since(
        self, day: str, most: int | None = 1000, wanted: ResultFilter = EVERYTHING
    ) -> tuple[tuple[str, str], ...]:
        """References whose last audit is before a day, or empty: never; with that time.

        Only what some run has met is known; which findings are wanted makes no difference.
        """
        row = models.ResultRow
        last = func.max(case((row.category.in_(_TOLD), row.at), else_=""))
        query = (
            select(row.reference, last)
            .where(*of_results(wanted))
            .group_by(row.reference)
            .having(last < day)
            .order_by(last, row.reference)
            .limit(most)
        )
        with self._store.reading() as connection:
            return tuple((each[0], each[1]) for each in connection.execute(query))


_Numbers: TypeAlias = "tuple[int, int, views.Counts]"
_NO_NUMBERS: _Numbers = (0, 0, views.Counts())


def _kept_numbers(connection: Connection, runs: list[int]) -> dict[int, _Numbers]:
    row = models.RunTotalRow
    query = select(row.__table__).where(row.run_id.in_(runs))
    return {
        run: (results, untold, views.Counts(*counts))
        for run, results, untold, *counts in connection.execute(query)
    }


def run_numbers(connection: Connection, runs: list[int]) -> dict[int, _Numbers]:
    """Of each run its references, those that could not be audited, and its findings."""
    if not runs:
        return {}
    result, judged = models.ResultRow, models.JudgementRow
    untold = func.sum(case((result.category.not_in(_TOLD), 1), else_=0))
    mine = result.run_id.in_(runs)
    references = select(result.run_id, func.count(), untold).where(mine).group_by(result.run_id)
    each = select(result.run_id, result.judgement).where(mine).distinct().subquery()
    sums = [func.sum(getattr(judged, name)) for name in views.Counts._fields]
    findings = (
        select(each.c.run_id, *sums)
        .join(judged, judged.id == each.c.judgement)
        .group_by(each.c.run_id)
    )
    found = {run: views.Counts(*map(int, said)) for run, *said in connection.execute(findings)}
    return {
        run: (count, int(lost), found.get(run, views.Counts()))
        for run, count, lost in connection.execute(references)
    }


def _differences(
    connection: Connection, before: int, after: int, wanted: ResultFilter
) -> Iterator[views.Drift]:
    old, new = aliased(models.ResultRow), aliased(models.ResultRow)
    was, now = aliased(models.JudgementRow), aliased(models.JudgementRow)
    pairs = (old.digest, new.digest), (old.signed, new.signed), (was.outcome, now.outcome)
    both = (
        select(new.reference, new.owner, *chain.from_iterable(pairs))
        .join(old, and_(old.reference == new.reference, old.run_id == before))
        .outerjoin(was, was.id == old.judgement)
        .outerjoin(now, now.id == new.judgement)
        .where(new.run_id == after, _differ(*pairs), *of_results(wanted, new))
        .order_by(new.reference)
    )
    for reference, owner, *said in connection.execute(both):
        for each in _changes(reference, *said):
            yield each._replace(owner=owner)
    for kind, there, other in (("new", after, before), ("gone", before, after)):
        lacks, order = _lacking(there, other, wanted)
        for row in connection.execute(lacks.order_by(order)):
            digest = row.digest or ""
            first, last = ("", digest) if kind == "new" else (digest, "")
            yield views.Drift(row.reference, kind, first, last, row.owner)


def _judged_otherwise(before: int, after: int, wanted: ResultFilter) -> _Asked:
    """The references of both runs that were not judged the same, and what orders them."""
    old, new = aliased(models.ResultRow), aliased(models.ResultRow)
    was, now = old.judgement.label("was"), new.judgement.label("now")
    query = (
        select(new.reference, new.owner, was, now, new.category)
        .join(old, and_(old.reference == new.reference, old.run_id == before))
        .where(new.run_id == after, *of_results(wanted, new))
        .where(_differ((old.judgement, new.judgement), (old.category, new.category)))
    )
    return query, new.reference


def _lacking(there: int, other: int, wanted: ResultFilter) -> _Asked:
    """The references of a run that another lacks, and what orders them."""
    mine, theirs = aliased(models.ResultRow), aliased(models.ResultRow)
    same = and_(theirs.reference == mine.reference, theirs.run_id == other)
    query = (
        select(mine.reference, mine.owner, mine.digest, mine.judgement)
        .outerjoin(theirs, same)
        .where(mine.run_id == there, theirs.reference.is_(None), *of_results(wanted, mine))
    )
    return query, mine.reference


def _differ(*pairs: tuple[Any, Any]) -> ColumnElement[bool]:
    """That one of some pairs differs; null is as good as empty."""
    return or_(*(func.coalesce(one, "") != func.coalesce(other, "") for one, other in pairs))


def _otherwise(row: Any) -> views.JudgedTwice:
    told = row.category in _TOLD
    return views.JudgedTwice(row.reference, row.owner, row.was or "", row.now or "", told)


def _changes(reference: str, *said: str | None) -> Iterator[views.Drift]:
    """What changed about one reference."""
    was, now, was_signed, is_signed, outcome_was, outcome_is = (one or "" for one in said)
    if was and now and was != now:
        yield views.Drift(reference, "moved", was, now)
    if was_signed == "signed" and is_signed == "unsigned":
        yield views.Drift(reference, "signature-lost", was, now)
    if was_signed == "unsigned" and is_signed == "signed":
        yield views.Drift(reference, "signed", was, now)
    if {outcome_was, outcome_is} == {"pass", "fail"}:
        kind = "worse" if outcome_is == "fail" else "better"
        yield views.Drift(reference, kind, outcome_was, outcome_is)
