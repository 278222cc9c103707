"""Begin a run, or go on with one that was cut off; end it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from imagelint.core.record import NamedTuple
from imagelint.store.models import (
    JudgedRow,
    JudgementRow,
    ProblemRow,
    ResultRow,
    RunRow,
    RunTotalRow,
    WaiverRow,
    WorkerRow,
)
from imagelint.store.records import Category

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.elements import ColumnElement

    from imagelint.store.database import Store
    from imagelint.store.records import NewRun, UsedWaiver, Worker


class LastWorker(NamedTuple):
    """Who worked on a shard last, and when he wrote last."""

    host: str
    pid: int
    seen: str


class Begun(NamedTuple):
    """The run that is worked on; `resumed`: somebody was cut off in it before."""

    id: int
    shard: int
    resumed: bool = False


def begin(
    store: Store, run: NewRun, worker: Worker, now: str, is_alive: Callable[[LastWorker], bool]
) -> Begun:
    """Begin a run, join one whose other shards are at work, or go on with one that was cut off."""
    with store.alone() as connection:
        newest = _unfinished(connection, run.key)
        if newest is not None:
            there = _worker(connection, newest, worker.shard)
            if there is None:
                return _enter(connection, Begun(newest, worker.shard), worker, now)
            if there.finished is None and not is_alive(
                LastWorker(there.host, there.pid, there.seen)
            ):
                return _take_over(
                    connection, Begun(newest, worker.shard, resumed=True), worker, now
                )
        values = run._asdict() | {"sources": json.dumps(run.sources), "started": now}
        made = connection.execute(insert(RunRow).values(values).returning(RunRow.id)).scalar_one()
        return _enter(connection, Begun(made, worker.shard), worker, now)


def _unfinished(connection: Connection, key: str) -> int | None:
    query = select(func.max(RunRow.id)).where(RunRow.key == key, RunRow.finished.is_(None))
    return connection.scalar(query)


class _There(NamedTuple):
    host: str
    pid: int
    seen: str
    finished: str | None


def _worker(connection: Connection, run_id: int, shard: int) -> _There | None:
    columns = WorkerRow.host, WorkerRow.pid, WorkerRow.seen, WorkerRow.finished
    query = select(*columns).where(WorkerRow.run_id == run_id, WorkerRow.shard == shard)
    row = connection.execute(query).first()
    return None if row is None else _There(*row)


def _enter(connection: Connection, begun: Begun, worker: Worker, now: str) -> Begun:
    values = {**worker._asdict(), "run_id": begun.id, "started": now, "seen": now}
    connection.execute(insert(WorkerRow).values(values))
    return begun


def _take_over(connection: Connection, begun: Begun, worker: Worker, now: str) -> Begun:
    values = {"host": worker.host, "pid": worker.pid, "started": now, "seen": now}
    _set(connection, begun, values)
    return begun


def _set(connection: Connection, begun: Begun, values: dict[str, object]) -> None:
    here = WorkerRow.run_id == begun.id, WorkerRow.shard == begun.shard
    connection.execute(update(WorkerRow).where(*here).values(values))


def touch(store: Store, begun: Begun, now: str) -> None:
    """Say that a worker is still there."""
    with store.writing() as connection:
        _set(connection, begun, {"seen": now})


def last_finished(store: Store, key: str) -> int:
    """The newest run under a key that is through; 0: there is none."""
    query = select(func.max(RunRow.id)).where(RunRow.key == key, RunRow.finished.is_not(None))
    with store.reading() as connection:
        return connection.scalar(query) or 0


def written(store: Store, key: str, after: int = 0) -> dict[str, int]:
    """How many results the newest run under a key has that came after another, by category."""
    known = RunRow.key == key, RunRow.id > after
    newest = select(func.max(RunRow.id)).where(*known).scalar_subquery()
    query = select(ResultRow.category, func.count()).where(ResultRow.run_id == newest)
    with store.reading() as connection:
        rows = connection.execute(query.group_by(ResultRow.category))
        return {row[0]: row[1] for row in rows}


class Ended(NamedTuple):
    """What a shard came to; `whole`: it was the last one, and that is what the run came to."""

    outcome: str
    whole: bool


def finish(store: Store, begun: Begun, waivers: Sequence[UsedWaiver], now: str) -> Ended:
    """End a shard, and with the last one the run."""
    from imagelint.store.bases import settle_bases
    from imagelint.store.rollups import run_numbers

    with store.alone() as connection:
        _set(connection, begun, {"finished": now, "seen": now})
        came_to = connection.scalar(select(RunRow.outcome).where(RunRow.id == begun.id))
        if came_to is not None:
            return Ended(came_to, whole=True)  # by somebody who took it over
        through = select(func.count()).where(
            WorkerRow.run_id == begun.id, WorkerRow.finished.is_not(None)
        )
        shards = connection.scalar(select(RunRow.shards).where(RunRow.id == begun.id))
        if (connection.scalar(through) or 0) < (shards or 1):
            mine = ResultRow.run_id == begun.id, ResultRow.shard == begun.shard
            return Ended(_outcome(connection, mine), whole=False)
        settle_bases(connection)
        _write_waivers(connection, begun.id, waivers)
        outcome = _outcome(connection, (ResultRow.run_id == begun.id,))
        if outcome == "pass" and _has_problem(connection, begun.id):
            outcome = "incomplete"
        ended = update(RunRow).where(RunRow.id == begun.id).values(finished=now, outcome=outcome)
        connection.execute(ended)
        for results, untold, counts in run_numbers(connection, [begun.id]).values():
            values = {"run_id": begun.id, "results": results, "untold": untold}
            connection.execute(insert(RunTotalRow).values(values | counts._asdict()))
        return Ended(outcome, whole=True)


def _outcome(connection: Connection, of: tuple[ColumnElement[bool], ...]) -> str:
    """What some results come to: pass only if all was audited, and something was."""
    judged = (
        select(JudgementRow.outcome)
        .join(ResultRow, ResultRow.judgement == JudgementRow.id)
        .where(*of)
        .distinct()
    )
    outcomes = set(connection.scalars(judged))
    if "fail" in outcomes:
        return "fail"
    told = [category.value for category in Category if category.is_told]
    untold = select(ResultRow.reference).where(*of, ResultRow.category.not_in(told)).limit(1)
    whole = outcomes == {"pass"} and connection.scalar(untold) is None
    return "pass" if whole else "incomplete"


def _has_problem(connection: Connection, run_id: int) -> bool:
    problem = select(ProblemRow.reference).where(ProblemRow.run_id == run_id).limit(1)
    return connection.scalar(problem) is not None


def _write_waivers(connection: Connection, run_id: int, waivers: Iterable[UsedWaiver]) -> None:
    count = (
        select(JudgedRow.waiver, func.count())
        .join(ResultRow, ResultRow.judgement == JudgedRow.judgement)
        .where(ResultRow.run_id == run_id, JudgedRow.waiver.is_not(None))
        .group_by(JudgedRow.waiver)
    )
    used = {row[0]: row[1] for row in connection.execute(count)}
    rows = [
        {**waiver._asdict(), "run_id": run_id, "position": at, "used": used.get(at, 0)}
        for at, waiver in enumerate(waivers)
    ]
    if rows:
        connection.execute(insert(WaiverRow), rows)
