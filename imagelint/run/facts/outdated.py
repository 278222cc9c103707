"""Which tables of facts decided something in a run although they are older than they may be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.core.source import Source, Span
from imagelint.documents.policyfile import OutdatedTable, PolicyFile
from imagelint.engine.examine import Examination
from imagelint.engine.judge import TELLS_AGE
from imagelint.knowledge.inventory import DatedTable, tables
from imagelint.knowledge.site.extend import tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.report import Report
    from imagelint.core.sitefacts import SiteFacts
    from imagelint.policy.model import Policy
    from imagelint.run.policies import Policies


_UPDATE = "update imagelint: newer releases come with newer tables"


def outdated(
    policies: Policies, reports: Mapping[str, Report], today: str
) -> Iterator[tuple[Policy, Report]]:
    """Reports about such tables, under the policy of the first file that one decided about.

    `reports` are those about files by origin, `today` is a day as `YYYY-MM-DD`.
    """
    told: set[str] = set()
    for origin, report in reports.items():
        policy = policies.of(os.path.dirname(origin) or ".") if report.tables else None
        if policy is None or not policy.enables(TELLS_AGE):
            continue
        facts = policy.environment.knowledge
        for place, table in (*_ours(report.tables, origin), *_theirs(report.tables, facts)):
            if table.name in told or not table.is_stale(today):
                continue
            told.add(table.name)
            source = PolicyFile(Source(place, ""))
            yield policy, Examination(policy).allowances(source, (_node(table, place != origin),))


def _node(table: DatedTable, own: bool) -> OutdatedTable:  # noqa: FBT001 - whose it is
    source = table.source or "its source"
    remedy = f"compare it with {source}, and write the day into `asof`" if own else _UPDATE
    return OutdatedTable(Span(0, 0), table.name, table.asof, table.stale_after, remedy)


def _ours(names: tuple[str, ...], origin: str) -> Iterator[tuple[str, DatedTable]]:
    """Those that come with the program, at the file about which they decided."""
    known = {one.name: one for one in tables()}
    return ((origin, known[name]) for name in names if name in known)


def _theirs(
    names: tuple[str, ...], facts: tuple[SiteFacts, ...]
) -> Iterator[tuple[str, DatedTable]]:
    """Those of the policy, at their file: their entries come before what ours say."""
    for one in facts:
        asked = {one.section, *tables_of(one.section)}
        if not asked.isdisjoint(names):
            yield one.origin, DatedTable(one.name, one.asof, one.stale_after, one.source)
