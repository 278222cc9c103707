"""What plots and pages ask of the store beyond its own readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.store import models, views
from imagelint.store.contents.reading import fits
from imagelint.store.filters import EVERYTHING, among, having, of_results

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Subquery
    from sqlalchemy.engine import Connection

    from imagelint.store.filters import ResultFilter

_PAGE = 500
MOST_FOR_BYTES = 50_000
"""Images above which a page does not wait until their layers are added up."""


class TeamImages(NamedTuple):
    """How many images of a team came to an outcome; `owner` is empty where nobody owns them."""

    owner: str
    outcome: str
    images: int


class BaseImages(NamedTuple):
    """How many images stand upon a base that was built then; empty where that is not known."""

    created: str
    images: int


class WaivedVulnerability(NamedTuple):
    """A vulnerability of an image that a waiver, by its position, does not let count."""

    waiver: int
    vulnerability: str
    repository: str
    digest: str
    subject: str


def counted(connection: Connection, each: Subquery, wanted: ResultFilter) -> views.Counts:
    """How many findings of judgements, each so many times, are wanted; by severity."""
    said, link = models.FindingRow, models.JudgedRow
    query = (
        select(said.severity, link.allowed.is_(None), func.sum(each.c.times))
        .join_from(each, link, link.judgement == each.c.judgement)
        .join(said, said.id == link.finding)
        .where(*among(wanted))
        .group_by(said.severity, link.allowed.is_(None))
    )
    found = dict.fromkeys(views.Counts._fields, 0)
    for severity, counts, times in connection.execute(query):
        found[str(Severity(severity)) if counts else "allowed"] += int(times)
    return views.Counts(**found)


def named_like(connection: Connection, column: str, word: str, most: int) -> tuple[str, ...]:
    """What findings say of `rule`, `package` or `vulnerability` that has a word in it, by name."""
    said = getattr(models.FindingRow, column)
    query = select(said).where(said.is_not(None), fits(said, f"*{word}*"))
    return tuple(connection.scalars(query.distinct().order_by(said).limit(most)))


def unlisted(connection: Connection, run_id: int, wanted: ResultFilter) -> int:
    """How many images of a run, of those that are wanted, nobody listed the packages of."""
    result, link = models.ResultRow, models.InventoryRow
    listed = exists().where(link.judgement == result.judgement)
    those = result.run_id == run_id, result.judgement.is_not(None), ~listed, *of_results(wanted)
    return connection.scalar(select(func.count(result.digest.distinct())).where(*those)) or 0


def has_exposed(connection: Connection, run_id: int) -> bool:
    """Whether a run was told of any image by what it is reached from outside."""
    row = models.ResultRow
    those = select(row.reference).where(row.run_id == run_id, row.exposed != "")
    return connection.scalar(those.limit(1)) is not None


def has_exploited(connection: Connection) -> bool:
    """Whether any vulnerability is known to be exploited."""
    row = models.VulnerabilityRow
    return connection.scalar(select(row.id).where(row.exploited != "").limit(1)) is not None


def whose(
    connection: Connection, run_id: int, references: Collection[str]
) -> dict[str, views.Whose]:
    """Who owns images of a run, and which they are; by reference."""
    row = models.ResultRow
    query = select(row.reference, row.owner, func.coalesce(row.digest, ""))
    query = query.where(row.run_id == run_id, row.reference.in_(references))
    return {name: views.Whose(*said) for name, *said in connection.execute(query)}


def made_by(connection: Connection, layers: Collection[str]) -> dict[str, str]:
    """What made layers, as the history of an image has it; of many images the one met first."""
    row = models.ChainRow
    query = select(row.layer, row.command).where(row.command != "")
    found: dict[str, str] = {}
    left = set(layers)
    if not left:
        return found
    # There is no index of layers: each image would write to it for each. One walk finds all, and
    # ends early, as what many images have was met early.
    for layer, command in connection.execution_options(yield_per=_PAGE).execute(query):
        if layer in left:
            found[layer] = command
            left.remove(layer)
            if not left:
                break
    return found


def holes(
    connection: Connection, judgements: Collection[str], names: Collection[str]
) -> dict[str, set[str]]:
    """Which of some vulnerabilities judgements hold that count; by judgement."""
    link, said = models.JudgedRow, models.FindingRow
    query = (
        select(link.judgement, said.vulnerability)
        .join(said, said.id == link.finding)
        .where(link.judgement.in_(judgements), link.allowed.is_(None))
        .where(said.vulnerability.in_(names))
    )
    found: dict[str, set[str]] = {}
    for judgement, name in connection.execute(query):
        found.setdefault(judgement, set()).add(str(name))
    return found


def waived_vulnerabilities(connection: Connection, run_id: int) -> tuple[WaivedVulnerability, ...]:
    """What of the vulnerabilities of a run waivers cover, each once, in order."""
    result, link, said = models.ResultRow, models.JudgedRow, models.FindingRow
    columns = link.waiver, said.vulnerability, result.repository, result.digest, said.subject
    query = (
        select(*columns)
        .join(link, link.judgement == result.judgement)
        .join(said, said.id == link.finding)
        .where(result.run_id == run_id, link.waiver.is_not(None))
        .where(said.vulnerability.is_not(None))
        .distinct()
        .order_by(*columns)
    )
    return tuple(WaivedVulnerability._make(row) for row in connection.execute(query))


def team_images(
    connection: Connection, run_id: int, wanted: ResultFilter = EVERYTHING
) -> tuple[TeamImages, ...]:
    """The different images by team and outcome."""
    result, judged = models.ResultRow, models.JudgementRow
    query = (
        select(result.owner, judged.outcome, func.count(result.digest.distinct()))
        .join(judged, judged.id == result.judgement)
        .where(result.run_id == run_id, *having(wanted))
        .group_by(result.owner, judged.outcome)
        .order_by(result.owner, judged.outcome)
    )
    return tuple(TeamImages(*row) for row in connection.execute(query))


def base_images(
    connection: Connection, run_id: int, wanted: ResultFilter = EVERYTHING
) -> tuple[BaseImages, ...]:
    """The different images by the day on which their base was built.

    The base's own image tells that, where the store knows it; else its topmost layer, as the
    history of an image upon it has it.
    """
    result, image, chain = models.ResultRow, models.ImageRow, models.ChainRow
    base, top = aliased(models.ImageRow), aliased(chain)
    built = select(func.min(base.created)).where(base.chain == chain.base, base.created != "")
    layer = select(top.created).where(top.chain == chain.base).correlate(chain).scalar_subquery()
    of_run = result.run_id == run_id, result.digest.is_not(None), *having(wanted)
    each = select(result.digest).where(*of_run).group_by(result.digest).subquery()
    query = (
        select(chain.base, func.count())
        .add_columns(func.coalesce(built.correlate(chain).scalar_subquery(), layer))
        .select_from(each)
        .join(image, image.digest == each.c.digest)
        .join(chain, chain.chain == image.chain)
        .group_by(chain.base)
    )
    return tuple(BaseImages(row[2] or "", row[1]) for row in connection.execute(query))


def has_too_many_layers(connection: Connection) -> bool:
    """Whether a store knows more images than a page adds the layers up of."""
    known = connection.scalar(select(func.count()).select_from(models.ImageRow)) or 0
    return known > MOST_FOR_BYTES
