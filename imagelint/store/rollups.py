"""What findings have in common, and what changed from one run to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from imagelint.store import models, views
from imagelint.store.records import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from imagelint.store.database import Store

GROUPS = ("rule", "package", "vulnerability", "layer", "owner", "repository", "base")
"""By what findings can be rolled up."""

_TOLD = tuple(category.value for category in Category if category.is_told)


class RollUps:
    """Counts the findings of runs. Each image counts once, whatever leads to it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def by(self, group: str, run_id: int, most: int = 50) -> tuple[views.RollUp, ...]:
        """The findings that count, by what they have in common; where there are most, first.

        Raises:
            KeyError: there is no such group.
        """
        if group == "base":
            return self._by_base(run_id, most)
        said, link = models.FindingRow, models.JudgedRow
        columns: dict[str, Any] = {
            **{name: getattr(said, name) for name in GROUPS[:4]},
            **{name: getattr(models.ResultRow, name) for name in ("owner", "repository")},
        }
        name = columns[group]
        # Of several tags that lead to an image, one is enough.
        each = (
            select(name.label("name"), models.ResultRow.digest, link.finding, said.severity)
            .join(link, link.judgement == models.ResultRow.judgement)
            .join(said, said.id == link.finding)
            .where(models.ResultRow.run_id == run_id, link.allowed.is_(None), name.is_not(None))
            .distinct()
            .subquery()
        )
        total = func.count()
        query = (
            select(
                each.c.name,
                total,
                func.count(each.c.digest.distinct()),
                func.max(each.c.severity),
            )
            .group_by(each.c.name)
            .order_by(total.desc(), each.c.name)
            .limit(most)
        )
        with self._store.reading() as connection:
            return tuple(views.RollUp(*row) for row in connection.execute(query))

    def _by_base(self, run_id: int, most: int) -> tuple[views.RollUp, ...]:
        each = _upon_bases(run_id).subquery()
        sizes = (
            select(each.c.base, func.count(each.c.digest.distinct()).label("images"))
            .group_by(each.c.base)
            .subquery()
        )
        spread = (
            select(
                each.c.base,
                each.c.finding,
                func.count().label("count"),
                func.max(each.c.severity).label("severity"),
            )
            .where(each.c.finding.is_not(None))
            .group_by(each.c.base, each.c.finding)
            .subquery()
        )
        by_all = func.sum(case((spread.c.count == sizes.c.images, spread.c.count), else_=0))
        total = func.sum(spread.c.count)
        query = (
            select(sizes.c.base, total, sizes.c.images, func.max(spread.c.severity), by_all)
            .join(spread, spread.c.base == sizes.c.base)
            .group_by(sizes.c.base, sizes.c.images)
            .order_by(by_all.desc(), total.desc(), sizes.c.base)
            .limit(most)
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
            return tuple(
                views.RollUp(
                    base_name(connection, row[0]), int(row[1]), row[2], row[3], int(row[4])
                )
                for row in rows
            )

    def vulnerabilities(self, run_id: int, most: int = 100) -> tuple[views.VulnerabilityView, ...]:
        """The vulnerabilities of a run: what is exploited first, then what likely will be."""
        said, link, known = models.FindingRow, models.JudgedRow, models.VulnerabilityRow
        each = (
            select(said.vulnerability.label("name"), models.ResultRow.digest, link.finding)
            .add_columns(said.severity)
            .join(link, link.judgement == models.ResultRow.judgement)
            .join(said, said.id == link.finding)
            .where(models.ResultRow.run_id == run_id, link.allowed.is_(None))
            .where(said.vulnerability.is_not(None))
            .distinct()
            .subquery()
        )
        worst = func.max(each.c.severity)
        images = func.count(each.c.digest.distinct())
        query = (
            select(each.c.name.label("id"), worst.label("severity"), images.label("images"))
            .add_columns(func.count().label("findings"), *_KNOWN)
            .outerjoin(known, known.id == each.c.name)
            .group_by(each.c.name, *_KNOWN)
            .order_by(
                case((func.coalesce(known.exploited, "") != "", 0), else_=1),
                func.coalesce(known.epss, 0).desc(),
                worst.desc(),
                images.desc(),
                each.c.name,
            )
            .limit(most)
        )
        with self._store.reading() as connection:
            return tuple(_vulnerability(row) for row in connection.execute(query))

    def trend(self, key: str) -> tuple[views.TrendPoint, ...]:
        """The finished runs of one key, the oldest first."""
        from imagelint.store.reading import Reader

        reader = Reader(self._store)
        points = []
        for run in reversed(reader.runs(key, finished=True)):
            overview = reader.overview(run.id)
            audited = sum(overview.categories.get(name, 0) for name in _TOLD)
            points.append(
                views.TrendPoint(
                    run.id,
                    run.started,
                    overview.references,
                    overview.references - audited,
                    overview.findings,
                )
            )
        return tuple(points)

    def drift(self, before: int, after: int) -> Iterator[views.Drift]:
        """What is different in a later run, by reference."""
        with self._store.reading() as connection:
            yield from _differences(connection, before, after)

    def not_audited_since(self, day: str, most: int = 1000) -> tuple[tuple[str, str], ...]:
        """References whose last audit is before a day, or empty: never; with that time.

        Only what some run has met is known.
        """
        row = models.ResultRow
        last = func.max(case((row.category.in_(_TOLD), row.at), else_=""))
        query = (
            select(row.reference, last)
            .group_by(row.reference)
            .having(last < day)
            .order_by(last, row.reference)
            .limit(most)
        )
        with self._store.reading() as connection:
            return tuple((each[0], each[1]) for each in connection.execute(query))


_KNOWN = tuple(
    getattr(models.VulnerabilityRow, name)
    for name in ("title", "published", "fixed", "epss", "exploited")
)


def _vulnerability(row: Any) -> views.VulnerabilityView:
    values = row._asdict()
    values |= {name: values[name] or "" for name in ("title", "published", "exploited")}
    return views.VulnerabilityView(**values | {"fixed": bool(row.fixed)})


def _upon_bases(run_id: int) -> Select[*tuple[Any, ...]]:
    """Base, digest, finding and severity of all judged images of a run that stand upon a base."""
    result, link, said = models.ResultRow, models.JudgedRow, models.FindingRow
    image, chain = models.ImageRow, models.ChainRow
    counts = and_(link.judgement == result.judgement, link.allowed.is_(None))
    return (
        select(chain.base.label("base"), result.digest, link.finding, said.severity)
        .join(image, image.digest == result.digest)
        .join(chain, chain.chain == image.chain)
        .outerjoin(link, counts)
        .outerjoin(said, said.id == link.finding)
        .where(result.run_id == run_id, result.judgement.is_not(None), chain.base.is_not(None))
        .distinct()
    )


def base_name(connection: Connection, chain: str) -> str:
    """What people call a base: a tag that leads to it, what images say of it, or what made it."""
    image, tag, row = models.ImageRow, models.TagRow, models.ChainRow
    tagged = (
        select(tag.repository, tag.tag)
        .join(image, image.digest == tag.digest)
        .where(image.chain == chain)
        .order_by(tag.repository, tag.tag)
        .limit(1)
    )
    found = connection.execute(tagged).first()
    if found is not None:
        return f"{found[0]}:{found[1]}"
    said = (
        select(image.base_name)
        .join(row, row.chain == image.chain)
        .where(row.base == chain, image.base_name != "")
        .group_by(image.base_name)
        .order_by(func.count().desc(), image.base_name)
        .limit(1)
    )
    name = connection.scalar(said)
    if name:
        return str(name)
    top = connection.execute(select(row.command, row.layer).where(row.chain == chain)).first()
    return "" if top is None else str(top[0] or top[1])


def _differences(connection: Connection, before: int, after: int) -> Iterator[views.Drift]:
    old, new = aliased(models.ResultRow), aliased(models.ResultRow)
    was, now = aliased(models.JudgementRow), aliased(models.JudgementRow)
    columns = old.digest, new.digest, old.signed, new.signed, was.outcome, now.outcome
    both = (
        select(new.reference, *columns)
        .join(old, and_(old.reference == new.reference, old.run_id == before))
        .outerjoin(was, was.id == old.judgement)
        .outerjoin(now, now.id == new.judgement)
        .where(new.run_id == after)
        .order_by(new.reference)
    )
    for reference, *said in connection.execute(both):
        yield from _changes(reference, *said)
    for kind, there, other in (("new", after, before), ("gone", before, after)):
        lacks = (
            select(new.reference, new.digest)
            .outerjoin(old, and_(old.reference == new.reference, old.run_id == other))
            .where(new.run_id == there, old.reference.is_(None))
            .order_by(new.reference)
        )
        for reference, digest in connection.execute(lacks):
            ends = ("", digest or "") if kind == "new" else (digest or "", "")
            yield views.Drift(reference, kind, *ends)


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
