"""Write what was found out: all of a reference in one transaction."""

from __future__ import annotations

import json
from functools import lru_cache
from operator import itemgetter, methodcaller
from typing import TYPE_CHECKING, Any

import zstandard
from sqlalchemy import case, func, insert, inspect, or_, select

from imagelint.core.digest import digest_of
from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.store import models
from imagelint.store.bases import Bases, shared
from imagelint.store.contents.writing import alias_rows, inventory_rows
from imagelint.store.prepared import Insertion, insertion
from imagelint.store.tags import TagLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
_MOST_FINDINGS = 2_048
_LONGEST_DETAIL = 1_000


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
        self._bases = Bases()
        self._tags = TagLog(store.engine) if asked else None
        self._told: set[tuple[Any, ...]] = set()
        self._written: set[tuple[str, str]] = set()
        self._now: set[tuple[str, str]] = set()
        self._insertions: dict[type[models.Base], Insertion] = {}

    def write(self, several: Iterable[Finished]) -> None:
        """Keep some, all or none; what is there already stays as it is."""
        now = self._clock()
        self._now.clear()
        self._bases.begin()
        rows: dict[type[models.Base], list[_Row]] = {}
        finished = [self._marked(one) for one in several]
        for one in finished:
            for table, row in self._rows(one, now):
                rows.setdefault(table, []).append(row)
        rows[models.ChainRow] = self._bases.rows
        with self._store.writing() as connection:
            for table in _ORDER:
                if found := rows.get(table):
                    self._insertion(table, found[0]).run(connection, _ordered(table, found))
            self._vulnerabilities(connection, rows.get(models.VulnerabilityRow, ()))
            if self._tags is not None:
                self._tags.note(connection, _led(finished), now)
        self._store.checkpoint()
        self._remember()

    def _is_new(self, table: type[models.Base], name: str) -> bool:
        """Whether something that stays as it is has to be written: from now on it is."""
        known = table.__tablename__, name
        if known in self._written or known in self._now:
            return False
        self._now.add(known)
        return True

    def _remember(self) -> None:
        """Remember what is written now."""
        if len(self._written) > _MOST_REMEMBERED:
            self._written.clear()
        self._written |= self._now
        self._bases.remember()

    def _insertion(self, table: type[models.Base], row: _Row) -> Insertion:
        """How rows are added: a fact that is told again was damaged, most others stay."""
        if table not in self._insertions:
            engine = self._store.engine
            said = insertion(engine, table)
            how = _UPON_CONFLICT.get(table, methodcaller("on_conflict_do_nothing"))
            self._insertions[table] = Insertion(engine, how(said), list(row))
        return self._insertions[table]

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
                "detail": short(result.detail),
                "judgement": result.judgement,
                "owner": result.owner,
                "signed": result.signed,
                "exposed": result.exposed,
                "shard": self._run.shard,
                "at": now,
            },
        )
        for at, problem in enumerate(result.problems):
            said = problem._asdict() | {"category": problem.category.value}
            said["detail"] = short(problem.detail)
            yield models.ProblemRow, {**about, "position": at, **said}

    def _image_rows(
        self, image: Image, repository: str, now: str
    ) -> Iterator[tuple[type[models.Base], _Row]]:
        chain: str | None = None
        for depth, layer in enumerate(image.layers, 1):
            below, chain = chain, layer.chain(chain)
            if self._bases.is_new(chain, repository):
                row: _Row = {"chain": chain, "parent": below, "layer": layer.digest}
                row |= {"diff_id": layer.diff_id, "size": layer.size, "depth": depth}
                row |= {"command": layer.command, "created": layer.created}
                self._bases.add(row | {"repository": repository})
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
        yield from inventory_rows(judgement, self._is_new)
        for known in judgement.vulnerabilities:
            yield from alias_rows(known, self._is_new)
            said = known._asdict() | {"severity": int(known.severity)}
            del said["aliases"]
            yield models.VulnerabilityRow, said
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
            connection.execute(_upsert(insertion(self._store.engine, table)), ordered)
            self._told.update(new)


def _led(finished: Iterable[Finished]) -> dict[tuple[str, str], str]:
    """What tags (repository and tag) were found to lead to."""
    return {
        (one.result.repository, one.result.tag): one.result.digest
        for one in finished
        if one.result.tag and one.result.digest
    }


def short(text: str) -> str:
    """A text of others, no longer than somebody reads: a tag that is none may have any length."""
    return text if len(text) <= _LONGEST_DETAIL else f"{text[: _LONGEST_DETAIL - 1]}…"


def keep_fact(store: Store, fact: Fact, now: str) -> None:
    """Write one fact at once."""
    said = insertion(store.engine, models.FactRow)
    packed = zstandard.ZstdCompressor(_LEVEL).compress(fact.data)
    with store.writing() as connection:
        row = {**fact._asdict(), "data": packed, "at": now}
        connection.execute(_anew(said), row)


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


_ORDER: tuple[type[models.Base], ...] = (
    models.ImageRow,
    models.IndexMemberRow,
    models.ChainRow,
    models.FactRow,
    models.FindingRow,
    models.AliasRow,
    models.PackageRow,
    models.PackageListRow,
    models.JudgementRow,
    models.InventoryRow,
    models.JudgedRow,
    models.ResultRow,
    models.ProblemRow,
)
"""What others refer to comes first."""

_KEYS = {
    table: itemgetter(*(column.name for column in inspect(table).primary_key)) for table in _ORDER
}


_UPON_CONFLICT = {models.FactRow: _anew, models.ChainRow: shared}


def _ordered(table: type[models.Base], rows: list[_Row]) -> list[_Row]:
    """The rows, one for each key, in one order: so two writers do not wait for each other."""
    key = _KEYS[table]
    found: dict[Any, _Row] = {}
    for row in rows:
        found.setdefault(key(row), row)
    return [found[each] for each in sorted(found)]


class _Findings(NamedTuple):
    """Findings as rows, why each does not count, and how many there are of what."""

    rows: tuple[_Row, ...]
    why: tuple[_Row, ...]
    counts: dict[str, int]


# Many images have the same: nobody writes into what is remembered.
@lru_cache(_MOST_FINDINGS)
def _findings(findings: tuple[StoredFinding, ...]) -> _Findings:
    each = tuple(map(_finding, findings))
    counting = [one.severity for one in findings if one.allowed is None]
    counts = {str(severity): counting.count(severity) for severity in Severity}
    counts["allowed"] = len(findings) - len(counting)
    return _Findings(tuple(row for row, _ in each), tuple(why for _, why in each), counts)


@lru_cache(_MOST_FINDINGS)
def _finding(finding: StoredFinding) -> tuple[_Row, _Row]:
    """A finding as a row, and why it does not count."""
    row = finding._asdict()
    why = {name: row.pop(name) for name in _WHY}
    row |= {"id": finding.id, "notes": json.dumps(finding.notes)}
    return row | {"severity": int(finding.severity)}, why


def add_examination(store: Store, asked: AskedRules) -> None:
    """Note which rules are asked, before anything refers to that."""
    table = models.ExaminationRow
    said = insertion(store.engine, table).on_conflict_do_nothing()
    row = {"id": asked.id, "basis": asked.basis, "rules": json.dumps(asked.rules)}
    with store.writing() as connection:
        connection.execute(said, row)


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
            "detail": short(detail),
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
