"""Write what was found out: all of a reference in one transaction."""

from __future__ import annotations

import json
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import zstandard
from sqlalchemy import bindparam, case, func, insert, inspect, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from imagelint.core.digest import digest_of
from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.store import models
from imagelint.store.bases import share
from imagelint.store.tags import of_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy.engine import Connection

    from imagelint.store.database import Store
    from imagelint.store.records import (
        AskedRules,
        Category,
        Fact,
        Finished,
        Image,
        Judgement,
        StoredFinding,
    )
    from imagelint.store.runs import Begun

STATEMENTS = "statements"
"""The kind of a fact that holds what rules said of images: it is named by its own digest."""

_Row = dict[str, Any]
_WHY = ("allowed", "reason", "until", "waiver")
_LEVEL = 1
_MOST_REMEMBERED = 20_000
_MOST_FINDINGS = 512


class Writer:
    """Writes what comes of references in a run. `clock` gives the time in UTC as a text.

    `asked` is false where no registry was: then nobody has seen what tags lead to. What many images
    have alike (what stands below them, findings) is not written again with each.
    """

    def __init__(
        self, store: Store, run: Begun, clock: Callable[[], str], *, asked: bool = True
    ) -> None:
        self._store = store
        self._run = run
        self._clock = clock
        self._pack = zstandard.ZstdCompressor(_LEVEL).compress
        ours = store.engine.dialect.name == "postgresql"
        self._asked = asked
        self._told: set[tuple[Any, ...]] = set()
        self._shared: set[str] = set()
        self._written: set[tuple[str, str]] = set()
        self._now: set[tuple[str, str]] = set()
        self._insert: Any = insert_postgresql if ours else insert_sqlite

    def write(self, several: Iterable[Finished]) -> None:
        """Keep some, all or none; what is there already stays as it is."""
        now = self._clock()
        self._now.clear()
        rows: dict[type[models.Base], list[_Row]] = {}
        finished = [self._marked(one) for one in several]
        for one in finished:
            for table, row in self._rows(one, now):
                rows.setdefault(table, []).append(row)
        with self._store.writing() as connection:
            for table in _ORDER:
                if found := rows.get(table):
                    # In one order, so that two who write the same do not wait for each other.
                    found.sort(key=_KEYS[table])
                    connection.execute(self._statement(table), found)
            self._vulnerabilities(connection, rows.get(models.VulnerabilityRow, ()))
            self._tags(connection, finished, now)
            shared = share(connection, _chains(rows.get(models.ChainRow, ())))
        self._store.checkpoint()
        self._remember(shared)

    def _is_new(self, table: type[models.Base], name: str) -> bool:
        """Whether something that stays as it is has to be written: from now on it is."""
        known = table.__tablename__, name
        if known in self._written or known in self._now:
            return False
        self._now.add(known)
        return True

    def _remember(self, shared: set[str]) -> None:
        """Remember what is written now, and what several have."""
        for known in self._written, self._shared:
            if len(known) > _MOST_REMEMBERED:
                known.clear()
        self._written |= self._now
        self._shared |= shared

    def _statement(self, table: type[models.Base]) -> Any:
        """How rows are added: a fact that is told again was damaged, all others stay."""
        said = self._insert(table)
        return _anew(said) if table is models.FactRow else said.on_conflict_do_nothing()

    def _marked(self, one: Finished) -> Finished:
        """What is to be written, a judgement that is not whole as one of this run only.

        The next run tries again, and its judgement is another one.
        """
        judgement = one.judgement
        if judgement is None or not (judgement.outcome == "incomplete" or one.result.problems):
            return one
        judgement = judgement._replace(key=digest_of(judgement.key, str(self._run.id)))
        result = one.result._replace(judgement=judgement.id)
        return one._replace(judgement=judgement, result=result)

    def _rows(self, one: Finished, now: str) -> Iterator[tuple[type[models.Base], _Row]]:
        for image in one.images:
            yield from self._image_rows(image, one.result.repository, now)
        for fact in one.facts:
            if fact.kind != STATEMENTS or self._is_new(models.FactRow, fact.digest):
                yield models.FactRow, self._fact(fact, now)
        if one.judgement is not None:
            yield from self._judgement_rows(one.judgement, now)
        result = one.result
        about = {"run_id": self._run.id, "reference": result.reference}
        yield (
            models.ResultRow,
            {
                **about,
                "repository": result.repository,
                "tag": result.tag,
                "digest": result.digest,
                "category": result.category.value,
                "detail": result.detail,
                "judgement": result.judgement,
                "owner": result.owner,
                "signed": result.signed,
                "shard": self._run.shard,
                "at": now,
            },
        )
        for at, problem in enumerate(result.problems):
            said = problem._asdict() | {"category": problem.category.value}
            yield models.ProblemRow, {**about, "position": at, **said}

    def _image_rows(
        self, image: Image, repository: str, now: str
    ) -> Iterator[tuple[type[models.Base], _Row]]:
        chain: str | None = None
        for depth, layer in enumerate(image.layers, 1):
            below, chain = chain, layer.chain(chain)
            if chain not in self._shared:
                row: _Row = {"chain": chain, "parent": below, "layer": layer.digest}
                row |= {"diff_id": layer.diff_id, "size": layer.size, "depth": depth}
                row |= {"command": layer.command, "created": layer.created}
                yield models.ChainRow, row | {"repository": repository}
        said = image._asdict()
        del said["members"]
        size = sum(layer.size for layer in image.layers)
        said |= {"layers": len(image.layers), "size": size, "chain": chain, "first_seen": now}
        yield models.ImageRow, said
        for digest, platform in image.members:
            row = {"listing": image.digest, "digest": digest, "platform": platform}
            yield models.IndexMemberRow, row

    def _judgement_rows(
        self, judgement: Judgement, now: str
    ) -> Iterator[tuple[type[models.Base], _Row]]:
        made, findings = judgement.id, _findings(judgement.findings)
        row: _Row = {
            "id": made,
            "key": judgement.key,
            "repository": judgement.repository,
            "digest": judgement.digest,
            "outcome": judgement.outcome,
            "at": now,
            "examination": judgement.examination,
            "statements": judgement.statements,
        }
        yield models.JudgementRow, row | findings.counts
        for known in judgement.vulnerabilities:
            yield models.VulnerabilityRow, known._asdict() | {"severity": int(known.severity)}
        for at, (finding, why) in enumerate(zip(findings.rows, findings.why, strict=True)):
            if self._is_new(models.FindingRow, finding["id"]):
                yield models.FindingRow, finding
            row = {"judgement": made, "position": at, "finding": finding["id"], **why}
            yield models.JudgedRow, row

    def _fact(self, fact: Fact, now: str) -> _Row:
        return {**fact._asdict(), "data": self._pack(fact.data), "at": now}

    def _vulnerabilities(self, connection: Connection, rows: Iterable[_Row]) -> None:
        """Note what is known of vulnerabilities: the newest word, but nothing is forgotten."""
        table = models.VulnerabilityRow
        new = {said: row for row in rows if (said := tuple(row.values())) not in self._told}
        if new:
            # In one order, as above. What was told once is not told again with each image.
            ordered = sorted(new.values(), key=itemgetter("id"))
            connection.execute(_upsert(self._insert(table)), ordered)
            self._told.update(new)

    def _tags(self, connection: Connection, finished: Sequence[Finished], now: str) -> None:
        """Note what tags lead to: the last row of each goes on, or a new one begins."""
        if not self._asked:
            return
        led = {
            (one.result.repository, one.result.tag): one.result.digest
            for one in finished
            if one.result.tag and one.result.digest
        }
        if not led:
            return
        table = models.TagRow
        columns = table.repository, table.tag, table.position, table.digest
        last: dict[tuple[str, str], tuple[int, str]] = {}
        for row in connection.execute(of_tags(led, *columns)):
            at = row.repository, row.tag
            last[at] = max(last.get(at, _NEVER), (row.position, row.digest))
        same = [
            {"in_repository": at[0], "of_tag": at[1], "at": last[at][0]}
            for at, digest in led.items()
            if last.get(at, _NEVER)[1] == digest
        ]
        if same:
            connection.execute(_SEEN, [{**each, "last_seen": now} for each in same])
        new = [
            {
                "repository": at[0],
                "tag": at[1],
                "digest": digest,
                "position": last.get(at, _NEVER)[0] + 1,
                "first_seen": now,
                "last_seen": now,
            }
            for at, digest in led.items()
            if last.get(at, _NEVER)[1] != digest
        ]
        if new:
            connection.execute(self._insert(table).on_conflict_do_nothing(), new)


def keep_fact(store: Store, fact: Fact, now: str) -> None:
    """Write one fact at once."""
    ours = store.engine.dialect.name == "postgresql"
    insertion: Any = (insert_postgresql if ours else insert_sqlite)(models.FactRow)
    packed = zstandard.ZstdCompressor(_LEVEL).compress(fact.data)
    with store.writing() as connection:
        row = {**fact._asdict(), "data": packed, "at": now}
        connection.execute(_anew(insertion), row)


def _anew(said: Any) -> Any:
    """The insertion of a fact, or what it says now in its place."""
    new = {name: said.excluded[name] for name in ("data", "at")}
    return said.on_conflict_do_update(index_elements=["digest", "kind", "tool"], set_=new)


def _upsert(said: Any) -> Any:
    """The insertion of what is known of a vulnerability, upon what was known before."""
    new, old = said.excluded, models.VulnerabilityRow
    worst = case((new.severity > old.severity, new.severity), else_=old.severity)
    texts = {
        name: case((new[name] != "", new[name]), else_=getattr(old, name))
        for name in ("title", "published", "exploited")
    }
    more = {"fixed": or_(old.fixed, new.fixed), "epss": func.coalesce(new.epss, old.epss)}
    return said.on_conflict_do_update(
        index_elements=["id"], set_={"severity": worst, **texts, **more}
    )


_NEVER = (0, "")
_SEEN = (
    update(models.TagRow)
    .where(
        models.TagRow.repository == bindparam("in_repository"),
        models.TagRow.tag == bindparam("of_tag"),
        models.TagRow.position == bindparam("at"),
    )
    .values(last_seen=bindparam("last_seen"))
)
_ORDER: tuple[type[models.Base], ...] = (
    models.ImageRow,
    models.IndexMemberRow,
    models.ChainRow,
    models.FactRow,
    models.FindingRow,
    models.JudgementRow,
    models.JudgedRow,
    models.ResultRow,
    models.ProblemRow,
)
"""What others refer to comes first."""

_KEYS = {
    table: itemgetter(*(column.name for column in inspect(table).primary_key)) for table in _ORDER
}


def _chains(rows: Iterable[_Row]) -> dict[str, set[str]]:
    """The repositories that have each chain."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["chain"], set()).add(row["repository"])
    return found


class _Findings(NamedTuple):
    """Findings as rows, why each does not count, and how many there are of what."""

    rows: tuple[_Row, ...]
    why: tuple[_Row, ...]
    counts: dict[str, int]


# Many images have the same: nobody writes into what is remembered.
@lru_cache(_MOST_FINDINGS)
def _findings(findings: tuple[StoredFinding, ...]) -> _Findings:
    rows: list[_Row] = []
    reasons: list[_Row] = []
    for finding in findings:
        row = finding._asdict()
        reasons.append({name: row.pop(name) for name in _WHY})
        row |= {"id": finding.id, "notes": json.dumps(finding.notes)}
        rows.append(row | {"severity": int(finding.severity)})
    counting = [one.severity for one in findings if one.allowed is None]
    counts = {str(severity): counting.count(severity) for severity in Severity}
    counts["allowed"] = len(findings) - len(counting)
    return _Findings(tuple(rows), tuple(reasons), counts)


def add_examination(store: Store, asked: AskedRules) -> None:
    """Note which rules are asked, before anything refers to that."""
    table = models.ExaminationRow
    ours = store.engine.dialect.name == "postgresql"
    insertion: Any = (insert_postgresql if ours else insert_sqlite)(table)
    row = {"id": asked.id, "basis": asked.basis, "rules": json.dumps(asked.rules)}
    with store.writing() as connection:
        connection.execute(insertion.on_conflict_do_nothing(), row)


def add_source_problem(
    store: Store, run: Begun, source: str, problems: Iterable[tuple[Category, str, str, str]]
) -> None:
    """Note that a source could not be listed whole: category, kind, detail and help of each."""
    rows = [
        {
            "run_id": run.id,
            "reference": source,
            "position": at,
            "category": category.value,
            "kind": kind,
            "detail": detail,
            "help": help_,
        }
        for at, (category, kind, detail, help_) in enumerate(problems)
    ]
    if not rows:
        return
    with store.writing() as connection:
        there = select(models.ProblemRow.position).where(
            models.ProblemRow.run_id == run.id, models.ProblemRow.reference == source
        )
        if connection.execute(there).first() is None:
            connection.execute(insert(models.ProblemRow), rows)
