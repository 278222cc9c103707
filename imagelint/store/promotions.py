"""Evaluations, the gate's verdicts, and what was promoted upon them: written and read again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from imagelint.core.record import NamedTuple
from imagelint.store import models

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from imagelint.store.database import Store


class Measure(NamedTuple):
    """A dimension of an evaluation: its value, and what was demanded of it."""

    dimension: str
    metric: str
    value: float | None
    samples: int | None = None
    threshold: str = ""
    outcome: str = ""


class EvaluationRecord(NamedTuple):
    """An evaluation of an image. `files` are what it was read from, with the SHA-256 of each."""

    repository: str
    tag: str
    digest: str
    suite: str
    outcome: str
    files: tuple[tuple[str, str], ...] = ()
    measures: tuple[Measure, ...] = ()
    at: str = ""


class VerdictRecord(NamedTuple):
    """What the gate said of an image."""

    repository: str
    tag: str
    digest: str
    outcome: str
    policy_digest: str
    report: str


class Promotion(NamedTuple):
    """A verdict that let an image pass. `previous` is the digest that passed before it."""

    at: str
    tag: str
    digest: str
    previous: str


def write_evaluation(store: Store, record: EvaluationRecord, now: str) -> None:
    """Keep an evaluation; one that is there already is kept once."""
    row = models.EvaluationRow
    source, source_digest = record.files[0] if record.files else ("", "")
    data = json.dumps({"files": record.files})
    same = select(row.id).where(
        row.digest == record.digest,
        row.repository == record.repository,
        row.tag == record.tag,
        row.data == data,
        row.outcome == record.outcome,
    )
    values = {
        **{name: getattr(record, name) for name in ("repository", "tag", "digest")},
        "at": now,
        "suite": record.suite,
        "outcome": record.outcome,
        "data": data,
        "source": source,
        "source_digest": source_digest,
    }
    with store.writing() as connection:
        if connection.scalar(same) is not None:
            return
        made = connection.execute(insert(row).returning(row.id), [values]).scalar_one()
        rows = [
            {**one._asdict(), "evaluation_id": made, "unit": "", "low": None, "high": None}
            for one in record.measures
        ]
        if rows:
            connection.execute(insert(models.MeasureRow), rows)


def write_verdict(store: Store, record: VerdictRecord, now: str) -> None:
    """Keep a verdict of the gate; where it is a pass, the image is promoted."""
    verdict = models.VerdictRow
    values = {**record._asdict(), "at": now, "command": "gate"}
    with store.alone() as connection:
        made = connection.execute(insert(verdict).returning(verdict.id), [values]).scalar_one()
        if record.outcome != "pass":
            return
        before = _last(connection, record.repository)
        if before == (record.digest, record.tag):
            return
        evaluated = select(models.EvaluationRow.id).where(
            models.EvaluationRow.digest == record.digest,
            models.EvaluationRow.repository == record.repository,
        )
        newest = evaluated.order_by(models.EvaluationRow.id.desc()).limit(1)
        promotion = {
            **{name: getattr(record, name) for name in ("repository", "tag", "digest")},
            "at": now,
            "verdict_id": made,
            "by": "imagelint gate",
            "reason": "",
            "evaluation_id": connection.scalar(newest),
            "previous": None if before is None else before[0],
        }
        connection.execute(insert(models.PromotionRow), [promotion])


def _last(connection: Connection, repository: str) -> tuple[str, str] | None:
    """The digest and the tag that were promoted last."""
    row = models.PromotionRow
    query = select(row.digest, row.tag).where(row.repository == repository)
    found = connection.execute(query.order_by(row.id.desc()).limit(1)).first()
    return None if found is None else (found[0], found[1])


def promotions(store: Store, repository: str) -> tuple[Promotion, ...]:
    """What was promoted of a repository, the oldest first."""
    row = models.PromotionRow
    query = select(row.at, row.tag, row.digest, row.previous).where(row.repository == repository)
    with store.reading() as connection:
        found = connection.execute(query.order_by(row.id))
        return tuple(Promotion(one.at, one.tag, one.digest, one.previous or "") for one in found)


def evaluations(store: Store, repository: str) -> tuple[EvaluationRecord, ...]:
    """The evaluations of a repository, the oldest first."""
    row, measure = models.EvaluationRow, models.MeasureRow
    told = (row.id, row.tag, row.digest, row.suite, row.outcome, row.data, row.at)
    columns = [getattr(measure, name) for name in Measure._fields]
    inside = select(measure.evaluation_id, *columns).join(row).where(row.repository == repository)
    measures: dict[int, list[Measure]] = {}
    with store.reading() as connection:
        query = select(*told).where(row.repository == repository).order_by(row.id)
        found = connection.execute(query).all()
        for number, *values in connection.execute(inside):
            measures.setdefault(number, []).append(Measure(*values))
    return tuple(
        EvaluationRecord(
            repository,
            tag,
            digest,
            suite,
            outcome,
            files=tuple((path, encoded) for path, encoded in json.loads(data)["files"]),
            measures=tuple(measures.get(number, ())),
            at=at,
        )
        for number, tag, digest, suite, outcome, data, at in found
    )


def previous(store: Store, repository: str, digest: str) -> EvaluationRecord | None:
    """The evaluation of the image that was promoted last, if that is another one."""
    promoted = [one.digest for one in promotions(store, repository) if one.digest != digest]
    if not promoted:
        return None
    own = [one for one in evaluations(store, repository) if one.digest == promoted[-1]]
    return own[-1] if own else None
