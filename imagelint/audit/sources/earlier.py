"""What the store holds already, of an earlier audit of the same sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from imagelint.audit.targets import Target
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.store.models import ResultRow, RunRow
from imagelint.store.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.selection import Selection
    from imagelint.audit.sources.model import Found
    from imagelint.store.database import Store

_PAGE = 500


class EarlierSource:
    """The images of the newest run over some sources that wanted all of a selection, as it was."""

    def __init__(self, store: Store, names: tuple[str, ...], selection: Selection) -> None:
        self.name = ", ".join(names)
        self._store = store
        same = RunRow.sources == json.dumps(names)
        runs = select(RunRow.id, RunRow.options).where(same).order_by(RunRow.id.desc())
        with store.reading() as connection:
            known = connection.execute(runs).all()
        if not known:
            message = "the store knows of no audit of these sources"
            raise UsageError(Diagnostic(message, help="audit them once without `--kept`"))
        whole = (run for run, options in known if selection.is_within(options))
        self._run = next(whole, None)
        if self._run is None:
            message = "the audits of these sources that the store knows left out what is wanted now"
            help_ = "audit them once without `--kept`, or with the same `--include`, `--tag` …"
            raise UsageError(Diagnostic(message, help=help_))

    def targets(self) -> Iterator[Found]:
        """All images of that run, without a digest where it found none, and why it is not whole."""
        yield from self._problems()
        row = ResultRow
        columns = row.reference, row.repository, row.tag, row.digest, row.exposed
        those = row.run_id == self._run
        query = select(*columns).where(those).order_by(row.reference).limit(_PAGE)
        last = ""
        while True:
            with self._store.reading() as connection:
                page = connection.execute(query.where(row.reference > last)).all()
            for reference, repository, tag, digest, exposed in page:
                yield Target(reference, repository, tag, digest or "", exposed=exposed)
            if len(page) < _PAGE:
                return
            last = page[-1].reference

    def _problems(self) -> Iterator[Problem]:
        """What that run could not list, and whether it was cut off."""
        with self._store.reading() as connection:
            ended = connection.scalar(select(RunRow.finished).where(RunRow.id == self._run))
        for one in Reader(self._store).problems_of_sources(self._run or 0):
            yield Problem(ProblemKind(one.kind), one.reference, one.detail, one.help)
        if ended is None:
            detail = "the audit of it that is kept was cut off, or is at work"
            help_ = "let it end: audit it without `--kept`"
            yield Problem(ProblemKind.NOT_FOUND, self.name, detail, help_)
