"""What the findings of a run have in common, counted in one walk over its images.

The walk holds what is counted and not what is walked over: a million images take as much memory as
a thousand with as many rules, packages, vulnerabilities, layers, teams and bases. Images upon the
same base with the same findings are counted together.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.store import models, views
from imagelint.store.bases import BaseNames
from imagelint.store.filters import EVERYTHING, among, having

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

_OF_FINDINGS = ("rule", "package", "vulnerability", "layer")
GROUPS = (*_OF_FINDINGS, "owner", "repository", "base")
"""By what findings can be rolled up."""

_PAGE = 500
_MOST_REMEMBERED = 50_000
_MOST_TOGETHER = 16 * 1024 * 1024
"""Characters of what images that are counted together have in common."""
_OVERHEAD = 400
"""What there is to hold besides them, as if it were characters."""
_LIKELY = 0.1
"""The probability of being exploited within 30 days from which a hole is looked at first."""
_LEVELS = ("critical", "high", "medium", "low", "info")

_Facts = tuple[Any, ...]
"""Of a finding: what it says of each of `_OF_FINDINGS` (None: nothing), and its severity."""


class Tally:
    """The findings of a run that count. Each image counts once, whatever leads to it."""

    def __init__(self, store: Store, run_id: int, wanted: ResultFilter = EVERYTHING) -> None:
        self._store = store
        self._run = run_id
        self._wanted = wanted
        self.names = BaseNames(store)
        self._counts = {group: _Counts() for group in (*_OF_FINDINGS, "owner")}
        self._bases: dict[str, _Base] = {}
        self._exposed: Counter[str] = Counter()
        with store.reading() as connection:
            for number, (image, times) in enumerate(_counted(connection, run_id, wanted)):
                self._add(number, image, times)

    def by(self, group: str, most: int = 50) -> tuple[views.RollUp, ...]:
        """The findings by what they have in common; where there are most, first.

        Raises:
            KeyError: there is no such group.
        """
        if group == "base":
            return self._by_base(most)
        if group == "repository":
            return self._by_repository(most)
        counts = self._counts[group].items()
        found = sorted(counts, key=lambda item: (-item[1].findings, item[0]))[:most]
        return tuple(
            views.RollUp(name, one.findings, one.images, one.severity) for name, one in found
        )

    def vulnerabilities(self, most: int = 100) -> tuple[views.VulnerabilityView, ...]:
        """The vulnerabilities: what is exploited first, then what likely will be.

        What many would look for and is in an image that is reached from outside comes before what
        is in none.
        """
        counts = self._counts["vulnerability"]
        with self._store.reading() as connection:
            known = _known(connection, list(counts))
        found = [
            _vulnerability(name, one, known.get(name))._replace(exposed=self._exposed[name])
            for name, one in counts.items()
        ]
        return tuple(sorted(found, key=_priority)[:most])

    def _by_repository(self, most: int) -> tuple[views.RollUp, ...]:
        """By repository, of which there may be too many to hold: each judgement is of one."""
        row, wanted = models.ResultRow, self._wanted
        mine = select(row.judgement).where(row.run_id == self._run, *having(wanted))
        by_links = wanted.of_findings
        query = _by_links(mine, wanted, most) if by_links else _by_levels(mine, most)
        with self._store.reading() as connection:
            return tuple(
                views.RollUp(name, int(findings), images, _severity(counts))
                for name, findings, images, *counts in connection.execute(query)
            )

    def _by_base(self, most: int) -> tuple[views.RollUp, ...]:
        found = [(one, name) for name, one in self._bases.items() if one.findings]
        found.sort(key=lambda each: (-each[0].shared, -each[0].findings, each[1]))
        names = self.names.of([name for _, name in found[:most]])
        return tuple(
            views.RollUp(names[name], one.findings, one.images, one.severity, one.shared)
            for one, name in found[:most]
        )

    def _add(self, number: int, image: _Image, times: int) -> None:
        every: dict[str, _Facts] = {}
        for owner, found in image.owners.items():
            every |= found
            named = ((owner, facts[-1]) for facts in found.values())
            self._counts["owner"].add(number, times, named)
        for at, group in enumerate(_OF_FINDINGS):
            named = ((facts[at], facts[-1]) for facts in every.values() if facts[at] is not None)
            self._counts[group].add(number, times, named)
        if image.exposed:
            at = _OF_FINDINGS.index("vulnerability")
            for name in {facts[at] for facts in every.values() if facts[at] is not None}:
                self._exposed[name] += times
        if image.base is not None:
            self._bases.setdefault(image.base, _Base()).add(times, every)


class _Count:
    """Findings, how many images have them, and the worst severity."""

    __slots__ = ("findings", "images", "last", "severity")

    def __init__(self) -> None:
        self.findings = self.images = self.severity = 0
        self.last = -1


class _Counts(dict[str, _Count]):
    """Counts by name."""

    def add(self, number: int, times: int, named: Iterable[tuple[str, int]]) -> None:
        """Count the findings of so many images, whose number differs from that of those before."""
        for name, severity in named:
            count = self.get(name)
            if count is None:
                count = self[name] = _Count()
            count.findings += times
            if count.last != number:
                count.last = number
                count.images += times
            count.severity = max(count.severity, severity)


class _Base:
    """The images upon a base, and which findings all of them have."""

    __slots__ = ("_common", "findings", "images", "severity")

    def __init__(self) -> None:
        self.findings = self.images = self.severity = 0
        self._common: set[str] = set()

    @property
    def shared(self) -> int:
        """The findings that all of them have: what a new build of the base would take away."""
        return len(self._common) * self.images

    def add(self, times: int, found: Mapping[str, _Facts]) -> None:
        self._common = self._common & found.keys() if self.images else set(found)
        self.images += times
        self.findings += times * len(found)
        self.severity = max((self.severity, *(facts[-1] for facts in found.values())))


class _Image(NamedTuple):
    """An image: base, findings for each of its owners, whether it is reached from outside."""

    base: str | None
    owners: Mapping[str, Mapping[str, _Facts]]
    exposed: bool


class _Alike(NamedTuple):
    """What images have in common that count alike: `named` are owners with ids of findings."""

    base: str | None
    exposed: bool
    named: tuple[tuple[str, str], ...]


def _counted(
    connection: Connection, run_id: int, wanted: ResultFilter
) -> Iterator[tuple[_Image, int]]:
    """The judged images of a run, each once, with how many there are of the same."""
    facts: dict[str, _Facts] = {}
    for found in _together(connection, _by_digest(run_id, wanted)):
        alike = list(found.items())
        for at in range(0, len(alike), _PAGE):
            part = [(each, _split(each), times) for each, times in alike[at : at + _PAGE]]
            if len(facts) > _MOST_REMEMBERED:
                facts.clear()
            new = {one for _, named, _ in part for _, ids in named for one in ids} - facts.keys()
            facts |= _facts(connection, sorted(new))
            for each, named, times in part:
                owners: dict[str, dict[str, _Facts]] = {}
                for owner, ids in named:
                    owners.setdefault(owner, {}).update((one, facts[one]) for one in ids)
                yield _Image(each.base, owners, each.exposed), times


def _split(each: _Alike) -> list[tuple[str, list[str]]]:
    return [(owner, ids.split(",") if ids else []) for owner, ids in each.named]


def _together(connection: Connection, query: Select[Any]) -> Iterator[Counter[_Alike]]:
    """Images by what they have in common, part by part: no more is held at once than may be."""
    found: Counter[_Alike] = Counter()
    size = 0
    for each in _images(connection, query):
        if each not in found:
            size += sum(_OVERHEAD + len(ids) for _, ids in each.named)
        found[each] += 1
        if size > _MOST_TOGETHER:
            yield found
            found, size = Counter(), 0
    yield found


def _images(connection: Connection, query: Select[Any]) -> Iterator[_Alike]:
    """The judged images of a run, each once."""
    rows = connection.execution_options(yield_per=_PAGE).execute(query)
    each = (row for part in rows.partitions() for row in part)
    for _, several in groupby(each, key=itemgetter(0)):
        base: str | None = None
        exposed = False
        named: dict[tuple[str, str], None] = {}
        for _digest, owner, reached, base, ids in several:  # noqa: B007 - the same of all
            exposed = exposed or bool(reached)
            named[owner, ids or ""] = None
        yield _Alike(base, exposed, tuple(named))


def _by_digest(run_id: int, wanted: ResultFilter) -> Select[Any]:
    result, link = models.ResultRow, models.JudgedRow
    image, chain = models.ImageRow, models.ChainRow
    found = (
        select(func.aggregate_strings(link.finding, ","))
        .where(link.judgement == result.judgement, link.allowed.is_(None), *among(wanted))
        .scalar_subquery()
    )
    return (
        select(result.digest, result.owner, result.exposed, chain.base, found.label("findings"))
        .outerjoin(image, image.digest == result.digest)
        .outerjoin(chain, chain.chain == image.chain)
        .where(result.run_id == run_id, result.judgement.is_not(None), *having(wanted))
        .order_by(result.digest)
    )


def _facts(connection: Connection, findings: Sequence[str]) -> dict[str, _Facts]:
    row = models.FindingRow
    columns = [getattr(row, name) for name in _OF_FINDINGS]
    query = select(row.id, *columns, row.severity)
    found: dict[str, _Facts] = {}
    for at in range(0, len(findings), _PAGE):
        part = findings[at : at + _PAGE]
        for name, *said in connection.execute(query.where(row.id.in_(part))):
            found[name] = tuple(said)
    return found


def _by_levels(mine: Select[Any], most: int) -> Select[*tuple[Any, ...]]:
    """All findings by repository: judgements have counted them."""
    judged = models.JudgementRow
    levels = [getattr(judged, level) for level in _LEVELS]
    total = func.sum(sum(levels[1:], start=levels[0]))
    worst = [func.max(level).label(f"worst_{level.key}") for level in levels]
    return (
        select(judged.repository, total, func.count(), *worst)
        .where(judged.id.in_(mine))
        .group_by(judged.repository)
        .having(total > 0)
        .order_by(total.desc(), judged.repository)
        .limit(most)
    )


def _by_links(mine: Select[Any], wanted: ResultFilter, most: int) -> Select[*tuple[Any, ...]]:
    """The findings that are wanted by repository, with the same columns."""
    judged, link, said = models.JudgementRow, models.JudgedRow, models.FindingRow
    levels = [Severity.named(level) for level in _LEVELS]
    worst = [func.max(case((said.severity == int(level), 1), else_=0)) for level in levels]
    return (
        select(judged.repository, func.count(), func.count(judged.id.distinct()), *worst)
        .join(link, link.judgement == judged.id)
        .join(said, said.id == link.finding)
        .where(judged.id.in_(mine), link.allowed.is_(None), *among(wanted))
        .group_by(judged.repository)
        .order_by(func.count().desc(), judged.repository)
        .limit(most)
    )


def _severity(counts: Sequence[int]) -> int:
    """The worst of which there is one, by how many there are of each, the worst first."""
    return next(len(_LEVELS) - at for at, count in enumerate(counts) if count)


def _known(connection: Connection, names: Sequence[str]) -> dict[str, Any]:
    row = models.VulnerabilityRow
    query = select(row.id, row.title, row.published, row.fixed, row.epss, row.exploited)
    found: dict[str, Any] = {}
    for at in range(0, len(names), _PAGE):
        part = names[at : at + _PAGE]
        found.update((each.id, each) for each in connection.execute(query.where(row.id.in_(part))))
    return found


def _vulnerability(name: str, count: _Count, known: Any) -> views.VulnerabilityView:
    return views.VulnerabilityView(
        id=name,
        severity=count.severity,
        title=known.title if known else "",
        published=known.published if known else "",
        fixed=bool(known and known.fixed),
        epss=known.epss if known else None,
        exploited=known.exploited if known else "",
        images=count.images,
        findings=count.findings,
    )


def _priority(one: views.VulnerabilityView) -> tuple[object, ...]:
    likely = (one.epss or 0) >= _LIKELY or one.severity >= Severity.HIGH
    within = not (one.exposed and (one.exploited or likely))
    return (not one.exploited, within, -(one.epss or 0), -one.severity, -one.images, one.id)
