"""Which results of a run, and which of their findings, somebody asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.store import models
from imagelint.store.contents.reading import holding, is_called, is_package, like
from imagelint.store.records import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.sql.elements import ColumnElement

_TOLD = tuple(category.value for category in Category if category.is_told)


class ResultFilter(NamedTuple):
    """Which results: empty means any; of a `digest` its beginning is enough.

    `repository`, `reference`, `rule`, `package` and `vulnerability` are globs (`*`), the last two
    whatever their case; a package may be named without what stands before its last `/` or `:`.
    Those three are about findings: results with one that fits all of them, and of such a result
    no other finding. A vulnerability may be named by any of its names. A package alone asks for
    results of images that have it as well. So are `severity`, the lowest one that is wanted (1 info
    to 5 critical), and `exploited`: vulnerabilities that are known to be. `exposed` are results
    of images that are reached from outside, by what is known.
    """

    category: str = ""
    owner: str | None = None
    outcome: str = ""
    repository: str = ""
    reference: str = ""
    digest: str = ""
    base: str = ""
    rule: str = ""
    package: str = ""
    vulnerability: str = ""
    severity: int = 0
    exploited: bool = False
    exposed: bool = False

    @property
    def of_findings(self) -> bool:
        """Whether it asks for results with certain findings."""
        return bool(self.package or self._of_rules)

    @property
    def of_vulnerabilities(self) -> bool:
        """Whether it asks for results with certain vulnerabilities."""
        return bool(self.vulnerability or self.exploited)

    @property
    def _of_rules(self) -> bool:
        return bool(self.rule or self.severity or self.of_vulnerabilities)

    @property
    def of_packages(self) -> bool:
        """Whether it asks for results with a package, whatever is wrong with it."""
        return bool(self.package) and not self._of_rules

    @property
    def of_images(self) -> ResultFilter:
        """The same, whatever was found."""
        wanted = self._replace(rule="", package="", vulnerability="")
        return wanted._replace(severity=0, exploited=False)

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """What is asked for, as names and values; the owner of what has none is `nobody`."""
        said = [(name, value) for name, value in self._asdict().items() if value]
        if self.owner == "":
            said.append(("owner", "nobody"))
        return tuple((name, _word(value)) for name, value in said)


def _word(value: str | int) -> str:
    if isinstance(value, str):
        return value
    if value is True:
        return "yes"
    return str(Severity(value)) + ("" if value == Severity.CRITICAL else " or worse")


EVERYTHING = ResultFilter()


def of_results(wanted: ResultFilter, row: Any = models.ResultRow) -> Iterator[ColumnElement[bool]]:
    """The conditions upon rows of results, but for those about their outcome, base and findings."""
    if wanted.category:
        yield row.category == wanted.category
    if wanted.digest:
        yield row.digest.like(f"{like(wanted.digest)}%", escape="\\")
    if wanted.owner is not None:
        yield row.owner == wanted.owner
    if wanted.exposed:
        yield row.exposed != ""
    for column, glob in ((row.repository, wanted.repository), (row.reference, wanted.reference)):
        if glob:
            yield column.like(like(glob), escape="\\")


def having(wanted: ResultFilter) -> Iterator[ColumnElement[bool]]:
    """The same, and that there is a finding which is asked for."""
    yield from of_results(wanted)
    if wanted.of_findings:
        yield _has(wanted)


def having_or_untold(wanted: ResultFilter) -> Iterator[ColumnElement[bool]]:
    """The same, or nobody could tell: who asks where a hole is has to hear of what is unknown."""
    yield from of_results(wanted)
    if wanted.of_findings:
        yield or_(_has(wanted), models.ResultRow.category.not_in(_TOLD))


def among(wanted: ResultFilter) -> Iterator[ColumnElement[bool]]:
    """The condition upon findings of judgements that they are asked for."""
    if wanted.of_findings:
        row = models.FindingRow
        yield models.JudgedRow.finding.in_(select(row.id).where(*_of_finding(wanted)))


def _has(wanted: ResultFilter) -> ColumnElement[bool]:
    # One walk over what judgements hold takes a tenth of looking for that of each result.
    link = models.JudgedRow
    mine = models.ResultRow.judgement
    found = mine.in_(select(link.judgement).where(*among(wanted)))
    return or_(found, mine.in_(holding(wanted.package))) if wanted.of_packages else found


def _of_finding(wanted: ResultFilter) -> Iterator[ColumnElement[bool]]:
    row = models.FindingRow
    if wanted.severity:
        yield row.severity >= wanted.severity
    if wanted.exploited:
        known = models.VulnerabilityRow
        yield row.vulnerability.in_(select(known.id).where(known.exploited != ""))
    if wanted.rule:
        yield row.rule.like(like(wanted.rule), escape="\\")
    if wanted.vulnerability:
        yield is_called(row.vulnerability, wanted.vulnerability)
    if wanted.package:
        yield is_package(row.package, wanted.package)
