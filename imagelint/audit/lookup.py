"""What the store knows already of some targets, asked for many at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

import zstandard
from sqlalchemy import and_, func, select

from imagelint.core.digest import has_digest
from imagelint.core.record import NamedTuple
from imagelint.store.models import (
    ExaminationRow,
    FactRow,
    ImageRow,
    IndexMemberRow,
    JudgementRow,
    ResultRow,
    TagRow,
)
from imagelint.store.tags import TagsAsked
from imagelint.store.writing import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from imagelint.audit.targets import Target
    from imagelint.store.database import Store
    from imagelint.store.records import AskedRules

T = TypeVar("T")

_PART = 400
_NEVER = (0, "", "")
_LARGEST = 64 * 1024 * 1024


class LastTag(NamedTuple):
    """What a tag led to when it was last seen, and when that was."""

    digest: str
    seen: str


class Said(NamedTuple):
    """What rules said of an image; `others`: some were asked of which nothing is to be heard."""

    data: bytes
    others: bool = False


class Known:
    """Asks the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        row = TagRow
        columns = row.repository, row.tag, row.position, row.digest, row.last_seen
        self._tags = TagsAsked(store.engine, *columns)
        with store.reading() as connection:
            self._any_facts = connection.scalar(select(FactRow.digest).limit(1)) is not None

    def fact(self, digest: str, kind: str, tool: str = "") -> bytes | None:
        """One fact; nothing is asked of a store that was empty at first."""
        return self.facts((digest,), kind, tool).get(digest) if self._any_facts else None

    def images(self, digests: Collection[str]) -> dict[str, bytes]:
        """Manifests and configurations of images, and of those that indexes list, by digest."""
        if not (self._any_facts and digests):
            return {}
        member, image = IndexMemberRow, ImageRow
        found: dict[str, bytes] = {}
        for part in _parts(list(digests)):
            with self._store.reading() as connection:
                listed = select(member.digest).where(member.listing.in_(part))
                wanted = {*part, *connection.scalars(listed)}
                configs = select(image.config).where(image.digest.in_(wanted))
                wanted.update(one for one in connection.scalars(configs) if one)
            for kind in ("manifest", "config"):
                found |= self.facts(wanted, kind)
        return found

    def done(self, run_id: int, references: Sequence[str]) -> set[str]:
        """Those references that a run has a result for."""
        row = ResultRow
        found: set[str] = set()
        with self._store.reading() as connection:
            for part in _parts(references):
                those = row.run_id == run_id, row.reference.in_(part)
                found.update(connection.scalars(select(row.reference).where(*those)))
        return found

    def tags(self, targets: Iterable[Target]) -> dict[tuple[str, str], LastTag]:
        """What tags led to when they were last seen."""
        wanted = [(target.repository, target.tag) for target in targets if target.tag]
        last: dict[tuple[str, str], tuple[int, str, str]] = {}
        with self._store.reading() as connection:
            for part in _parts(wanted):
                for repository, tag, *said in self._tags.rows(connection, part):
                    position, digest, seen = said
                    at, word = (repository, tag), (position, digest, seen)
                    last[at] = max(last.get(at, _NEVER), word)
        return {at: LastTag(digest, seen) for at, (_, digest, seen) in last.items()}

    def facts(self, digests: Collection[str], kind: str, tool: str = "") -> dict[str, bytes]:
        """The facts of one kind about digests, of those that are there and undamaged."""
        row = FactRow
        found: dict[str, bytes] = {}
        with self._store.reading() as connection:
            for part in _parts(list(digests)):
                those = row.digest.in_(part), row.kind == kind, row.tool == tool
                for digest, data in connection.execute(select(row.digest, row.data).where(*those)):
                    said = _unpacked(data)
                    # What is told of a digest by nobody but itself has that digest.
                    if said is not None and (tool or has_digest(said, digest)):
                        found[digest] = said
        return found

    def examinations(self, wanted: AskedRules) -> dict[str, bool]:
        """Those that asked all that is wanted, each with whether it asked more."""
        row, rules = ExaminationRow, set(wanted.rules)
        query = select(row.id, row.rules).where(row.basis == wanted.basis)
        with self._store.reading() as connection:
            asked = {made: set(json.loads(said)) for made, said in connection.execute(query)}
        return {made: said != rules for made, said in asked.items() if said >= rules}

    def statements(
        self, images: Collection[tuple[str, str]], examinations: Mapping[str, bool]
    ) -> dict[tuple[str, str], Said]:
        """What rules said of images (repository and digest) in one of some examinations."""
        row, result = JudgementRow, ResultRow
        columns = row.repository, row.digest, row.examination, row.statements
        those = row.examination.in_(examinations), row.statements.is_not(None)
        names: dict[tuple[str, str], tuple[bool, str]] = {}
        if not examinations:
            return {}
        with self._store.reading() as connection:
            for part in _parts(sorted({digest for _, digest in images})):
                query = select(*columns).join(result, result.judgement == row.id)
                query = query.where(result.digest.in_(part), *those).distinct()
                for each in connection.execute(query):
                    at = each.repository, each.digest
                    said = examinations[str(each.examination)], str(each.statements)
                    # What asked nothing else is heard as it is.
                    names[at] = min(names.get(at, said), said)
        data = self.facts({name for _, name in names.values()}, STATEMENTS)
        return {
            at: Said(data[name], others)
            for at, (others, name) in names.items()
            if at in images and name in data
        }

    def judgements(self, ids: Collection[str]) -> dict[str, str | None]:
        """Those judgements that are there and whole, each with whether the image was signed."""
        row, result = JudgementRow, ResultRow
        query = (
            select(row.id, func.max(result.signed))
            .join(result, and_(result.digest == row.digest, result.judgement == row.id))
            .where(row.outcome != "incomplete")
            .group_by(row.id)
        )
        found: dict[str, str | None] = {}
        with self._store.reading() as connection:
            for part in _parts(list(ids)):
                rows = connection.execute(query.where(row.id.in_(part)))
                found.update((name, signed) for name, signed in rows)
        return found


def _unpacked(data: bytes) -> bytes | None:
    """What was packed; None where somebody damaged it."""
    try:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=_LARGEST)
    except zstandard.ZstdError:
        return None


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(items), _PART):
        yield items[at : at + _PART]
