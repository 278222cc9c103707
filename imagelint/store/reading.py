"""Ask the store: what reports are made of. Large answers come page by page."""

from __future__ import annotations

import json
from itertools import groupby
from operator import add, attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from imagelint.store import models, views
from imagelint.store.contents.layers import layers_of, upwards
from imagelint.store.contents.reading import holding, installed
from imagelint.store.filters import EVERYTHING, among, having, having_or_untold
from imagelint.store.questions import counted
from imagelint.store.tags import met, of_tags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Select, Subquery
    from sqlalchemy.sql.elements import ColumnElement

    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

_PAGE = 500


class Reader:
    """Answers questions about a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def runs(self, key: str = "", *, finished: bool = False) -> tuple[views.RunView, ...]:
        """The runs, the newest first: of one key, and only those that are through."""
        row = models.RunRow
        query = select(row.__table__).order_by(row.id.desc())
        query = query.where(row.key == key) if key else query
        query = query.where(row.finished.is_not(None)) if finished else query
        with self._store.reading() as connection:
            return tuple(_run(each) for each in connection.execute(query))

    def run(self, number: int = 0) -> views.RunView | None:
        """The run of that number; the newest that is through, else the newest, for 0."""
        if not number:
            return next(iter((*self.runs(finished=True)[:1], *self.runs()[:1])), None)
        query = select(models.RunRow.__table__).where(models.RunRow.id == number)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _run(row)

    def alike(self, run: views.RunView) -> tuple[views.RunView, ...]:
        """The runs that are through and looked as deep at the same, the newest first.

        Policies and releases change, days pass: what was asked stays comparable.
        """
        return tuple(one for one in self.runs(finished=True) if _asked(one) == _asked(run))

    def before(self, run: views.RunView, day: str = "") -> views.RunView | None:
        """The run before that one that is alike; the last up to a day, where one is named."""
        earlier = (one for one in self.alike(run) if one.id < run.id)
        return next((one for one in earlier if not day or one.started[: len(day)] <= day), None)

    def overview(self, run_id: int, wanted: ResultFilter = EVERYTHING) -> views.Overview:
        """A run in numbers, or what of it is wanted; nobody asks so for an outcome or a base."""
        result, judged, image = models.ResultRow, models.JudgementRow, models.ImageRow
        mine = result.run_id == run_id
        of_run = and_(mine, *having(wanted))
        categories = select(result.category, func.count()).group_by(result.category)
        categories = categories.where(mine, *having_or_untold(wanted))
        # By its key each is near the one before: a database looks elsewhere for none of them.
        each = _grouped_by(result.judgement, of_run, func.count().label("times"))
        sums = [func.sum(getattr(judged, one)) for one in views.Counts._fields]
        outcomes = (
            select(judged.outcome, func.sum(each.c.times), *sums)
            .join(judged, judged.id == each.c.judgement)
            .group_by(judged.outcome)
        )
        found = _grouped_by(result.digest, of_run)
        images = select(func.count(), func.coalesce(func.sum(image.size), 0)).select_from(
            found.outerjoin(image, image.digest == found.c.digest)
        )
        with self._store.reading() as connection:
            by_category = {row[0]: row[1] for row in connection.execute(categories)}
            by_outcome = {}
            total = views.Counts()
            for outcome, times, *counts in connection.execute(outcomes):
                by_outcome[outcome] = int(times)
                total = views.Counts(*map(add, total, map(int, counts)))
            if wanted.of_findings:
                total = counted(connection, each, wanted)
            many, size = connection.execute(images).one()
            references = sum(by_category.values())
            told = views.Overview(references, many, int(size), by_category, by_outcome, total)
            if wanted.of_packages:
                with_it = select(func.count(result.digest.distinct())).where(
                    of_run, result.judgement.in_(holding(wanted.package))
                )
                told = told._replace(installed=connection.scalar(with_it) or 0)
            return told

    def results(self, run_id: int, wanted: ResultFilter = EVERYTHING) -> Iterator[views.ResultView]:
        """The references of a run in order, asked page by page.

        Where findings are asked for it is one question: each page would search all of them anew.
        """
        row = models.ResultRow
        query = _results(run_id, wanted).order_by(row.reference)
        if wanted.of_findings:
            yield from self._streamed(query)
            return
        query = query.limit(_PAGE)
        last = ""
        while True:
            with self._store.reading() as connection:
                page = connection.execute(query.where(row.reference > last)).all()
            yield from map(_result, page)
            if len(page) < _PAGE:
                return
            last = page[-1].reference

    def by_repository(
        self, run_id: int, wanted: ResultFilter = EVERYTHING
    ) -> Iterator[tuple[str, Iterator[views.ResultView]]]:
        """The references of a run, repository by repository: read each before the next.

        It is one question: to ask for each repository would be to search them all each time.
        """
        row = models.ResultRow
        query = _results(run_id, wanted).order_by(row.repository, row.reference)
        yield from groupby(self._streamed(query), key=attrgetter("repository"))

    def _streamed(self, query: Select[Any]) -> Iterator[views.ResultView]:
        with self._store.reading() as connection:
            rows = connection.execution_options(yield_per=_PAGE).execute(query)
            yield from map(_result, rows)

    def worst(
        self, run_id: int, most: int, wanted: ResultFilter = EVERYTHING
    ) -> tuple[views.ResultView, ...]:
        """The references of a run with the worst first, at most so many."""
        result, judged = models.ResultRow, models.JudgementRow
        worst = [getattr(judged, one).desc() for one in views.Counts._fields[:5]]
        # Which judgements those can be is asked first: all else is asked of few.
        first = func.min(result.reference).label("first")
        each = _grouped_by(result.judgement, and_(result.run_id == run_id, *having(wanted)), first)
        those = (
            select(judged.id, judged.digest)
            .join(each, each.c.judgement == judged.id)
            .order_by(*worst, each.c.first)
            .limit(most)
            .cte("those")
        )
        # Results are found by digest: nothing else about images is kept in order.
        told = _results(run_id, wanted).where(
            result.digest.in_(select(those.c.digest)), result.judgement.in_(select(those.c.id))
        )
        told = told.order_by(*worst, result.reference).limit(most)
        untold = _results(run_id, wanted).where(result.judgement.is_(None))
        untold = untold.order_by(result.reference)
        with self._store.reading() as connection:
            rows = connection.execute(told).all()
            if len(rows) < most:
                rows = [*rows, *connection.execute(untold.limit(most - len(rows)))]
            return tuple(map(_result, rows))

    def findings(self, judgement: str) -> tuple[views.FindingView, ...]:
        """What was found in an image, in the order of a report."""
        return self.findings_of([judgement]).get(judgement, ())

    def findings_of(
        self, judgements: Iterable[str], wanted: ResultFilter = EVERYTHING
    ) -> dict[str, tuple[views.FindingView, ...]]:
        """What was found in some images, asked at once; by judgement, in the order of a report."""
        said, link, asked = models.FindingRow, models.JudgedRow, tuple(judgements)
        columns = [getattr(said, name) for name in views.FindingView._fields[:11]]
        query = (
            select(link.judgement, *columns, link.allowed, link.reason, link.until)
            .join(said, said.id == link.finding)
            .where(link.judgement.in_(asked), *among(wanted))
            .order_by(link.judgement, link.position)
        )
        found: dict[str, list[views.FindingView]] = {}
        with self._store.reading() as connection:
            for judgement, *row in connection.execute(query):
                named = dict(zip(views.FindingView._fields, row, strict=True))
                found.setdefault(judgement, []).append(_finding(named))
            if wanted.of_packages:
                for judgement, told in installed(connection, asked, wanted.package):
                    found.setdefault(judgement, []).append(told)
        return {judgement: tuple(several) for judgement, several in found.items()}

    def image(self, digest: str) -> views.ImageView | None:
        """An image by its digest."""
        return self.images([digest]).get(digest)

    def images(self, digests: Collection[str]) -> dict[str, views.ImageView]:
        """Images by their digests, asked at once."""
        row, tag, member = models.ImageRow, models.TagRow, models.IndexMemberRow
        led = select(tag.digest, tag.repository + ":" + tag.tag).join(*met())
        led = led.where(models.ResultRow.digest.in_(digests))
        listed = select(member.listing, member.digest, member.platform)
        with self._store.reading() as connection:
            known = select(row.__table__).where(row.digest.in_(digests))
            found = connection.execute(known).all()
            layers = layers_of(connection, {each.chain for each in found if each.chain})
            tags = _grouped(connection.execute(led.distinct()))
            members = _grouped(connection.execute(listed.where(member.listing.in_(digests))))
        return {each.digest: _image(each, layers, tags, members) for each in found}

    def tag_histories(
        self, tags: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[views.TagView, ...]]:
        """What tags (repository and tag) led to, the newest first; asked at once."""
        row = models.TagRow
        columns = row.repository, row.tag, row.digest, row.first_seen, row.last_seen
        query = of_tags(tags, *columns).order_by(row.repository, row.tag, row.position.desc())
        found: dict[tuple[str, str], list[views.TagView]] = {}
        if not tags:
            return {}
        with self._store.reading() as connection:
            for repository, tag, *said in connection.execute(query):
                found.setdefault((repository, tag), []).append(views.TagView(*said))
        return {at: tuple(several) for at, several in found.items()}

    def tag_history(self, repository: str, tag: str) -> tuple[views.TagView, ...]:
        """What a tag led to, the newest first."""
        return self.tag_histories([(repository, tag)]).get((repository, tag), ())

    def problems(
        self, run_id: int, most: int | None = None, wanted: ResultFilter = EVERYTHING
    ) -> tuple[views.ProblemView, ...]:
        """What could not be told in a run: all of it, or the first so many."""
        row = models.ProblemRow
        query = _problems(run_id).where(*_of_references(run_id, wanted))
        query = query.order_by(row.reference, row.position).limit(most)
        with self._store.reading() as connection:
            return tuple(views.ProblemView(*each) for each in connection.execute(query))

    def problems_of(
        self, run_id: int, references: Collection[str]
    ) -> dict[str, tuple[views.ProblemView, ...]]:
        """What could not be told of some references, by reference; asked at once."""
        row = models.ProblemRow
        query = _problems(run_id).where(row.reference.in_(references))
        found: dict[str, list[views.ProblemView]] = {}
        with self._store.reading() as connection:
            for each in connection.execute(query.order_by(row.reference, row.position)):
                found.setdefault(each.reference, []).append(views.ProblemView(*each))
        return {reference: tuple(several) for reference, several in found.items()}

    def problem_counts(self, run_id: int, wanted: ResultFilter = EVERYTHING) -> dict[str, int]:
        """How many things could not be told in a run, by category."""
        row = models.ProblemRow
        query = select(row.category, func.count())
        query = query.where(row.run_id == run_id, *_of_references(run_id, wanted))
        with self._store.reading() as connection:
            rows = connection.execute(query.group_by(row.category).order_by(row.category))
            return {row[0]: row[1] for row in rows}

    def problems_of_sources(self, run_id: int) -> tuple[views.ProblemView, ...]:
        """What could not be told in a run about what is no image: a source, a listing."""
        row, result = models.ProblemRow, models.ResultRow
        same = and_(result.run_id == row.run_id, result.reference == row.reference)
        query = (
            _problems(run_id)
            .outerjoin(result, same)
            .where(result.reference.is_(None))
            .order_by(row.reference, row.position)
        )
        with self._store.reading() as connection:
            return tuple(views.ProblemView(*each) for each in connection.execute(query))

    def waivers(self, run_id: int) -> tuple[views.WaiverView, ...]:
        """The waivers of the policy of a run."""
        row = models.WaiverRow
        columns = [getattr(row, name) for name in views.WaiverView._fields]
        query = select(*columns).where(row.run_id == run_id).order_by(row.position)
        with self._store.reading() as connection:
            return tuple(views.WaiverView(*each) for each in connection.execute(query))

    def owners(self, run_id: int) -> tuple[str, ...]:
        """The teams of a run; empty is who owns what has no owner."""
        row = models.ResultRow
        query = select(row.owner).where(row.run_id == run_id).distinct().order_by(row.owner)
        with self._store.reading() as connection:
            return tuple(connection.scalars(query))


def _grouped_by(column: Any, of_run: ColumnElement[bool], *more: Any) -> Subquery:
    """What a column of results says, each value once, in their order."""
    return select(column, *more).where(of_run, column.is_not(None)).group_by(column).subquery()


def _asked(run: views.RunView) -> tuple[object, ...]:
    """What a run was asked to look at.

    Of what is younger than some days the day is not it, nor is with what it was compared.
    """
    options = json.loads(run.options)
    for name in ("since", "lists"):
        options.pop(name, None)
    return run.sources, run.depth, json.dumps(options, sort_keys=True)


def _run(row: Any) -> views.RunView:
    values = row._asdict()
    values["sources"] = tuple(json.loads(row.sources))
    values["asked"] = None if row.asked is None else dict(json.loads(row.asked))
    values["contacts"] = dict(json.loads(row.contacts or "{}"))
    values |= {name: values[name] or "" for name in ("finished", "outcome")}
    return views.RunView(**{name: values[name] for name in views.RunView._fields})


def _problems(run_id: int) -> Select[Any]:
    row = models.ProblemRow
    columns = [getattr(row, name) for name in views.ProblemView._fields]
    return select(*columns).where(row.run_id == run_id)


def _of_references(run_id: int, wanted: ResultFilter) -> Iterator[ColumnElement[bool]]:
    """The condition upon problems that they are about what is wanted."""
    if wanted != EVERYTHING:
        result = models.ResultRow
        mine = select(result.reference).where(result.run_id == run_id, *having_or_untold(wanted))
        yield models.ProblemRow.reference.in_(mine)


def _results(run_id: int, wanted: ResultFilter) -> Select[Any]:
    result, judged, image = models.ResultRow, models.JudgementRow, models.ImageRow
    chain = aliased(models.ChainRow)
    found = judged.outcome, *(getattr(judged, name) for name in views.Counts._fields)
    query = (
        select(result.__table__, *found)
        .add_columns(image.platform, image.size, image.created, chain.base)
        .outerjoin(judged, judged.id == result.judgement)
        .outerjoin(image, image.digest == result.digest)
        .outerjoin(chain, chain.chain == image.chain)
        .where(result.run_id == run_id, *having_or_untold(wanted))
    )
    return query.where(*_joined(wanted, chain.base))


def _joined(wanted: ResultFilter, base: Any) -> Iterator[ColumnElement[bool]]:
    """The conditions upon what results are joined with."""
    for column, value in ((models.JudgementRow.outcome, wanted.outcome), (base, wanted.base)):
        if value:
            yield column == value


def _result(row: Any) -> views.ResultView:
    values = row._asdict()
    counts = views.Counts(*(values[name] or 0 for name in views.Counts._fields))
    values |= {name: values[name] or "" for name in _OPTIONAL}
    values |= {"findings": counts, "size": row.size or 0}
    return views.ResultView(**{name: values[name] for name in views.ResultView._fields})


_OPTIONAL = ("digest", "signed", "outcome", "judgement", "platform", "created", "base")


def _finding(values: dict[str, Any]) -> views.FindingView:
    optional = ("layer", "package", "vulnerability", "allowed")
    told = {name: values[name] or "" for name in optional}
    return views.FindingView(**values | told | {"notes": tuple(json.loads(values["notes"]))})


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """What stands behind the first column, by that; one alone as it is."""
    found: dict[str, list[Any]] = {}
    for name, *said in rows:
        found.setdefault(name, []).append(said[0] if len(said) == 1 else tuple(said))
    return found


def _image(
    row: Any,
    layers: Mapping[str, Any],
    tags: Mapping[str, Sequence[str]],
    members: Mapping[str, Sequence[tuple[str, str]]],
) -> views.ImageView:
    values = row._asdict() | {
        "config": row.config or "",
        "layers": tuple(upwards(layers, row.chain)),
        "members": tuple(members.get(row.digest, ())),
        "tags": tuple(sorted(tags.get(row.digest, ()))),
    }
    return views.ImageView(**{name: values[name] for name in views.ImageView._fields})
