"""What the store holds already, of an earlier audit of the same sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from imagelint.audit.targets import Target
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.store.models import ProblemRow, ResultRow, RunRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.sources.model import Found
    from imagelint.store.database import Store

_PAGE = 500


class KeptSource:
    """The images of the newest run over some sources, as they were then."""

    def __init__(self, store: Store, names: tuple[str, ...]) -> None:
        self.name = ", ".join(names)
        self._store = store
        asked = func.max(RunRow.id)
        same = RunRow.sources == json.dumps(names)
        with store.reading() as connection:
            self._run = connection.scalar(select(asked).where(same))
        if self._run is None:
            message = "the store knows of no audit of these sources"
            raise UsageError(Diagnostic(message, help="audit them once without `--kept`"))

    def targets(self) -> Iterator[Found]:
        """All images of that run, without a digest where it found none, and why it is not whole."""
        yield from self._problems()
        row = ResultRow
        columns = row.reference, row.repository, row.tag, row.digest
        those = row.run_id == self._run
        query = select(*columns).where(those).order_by(row.reference).limit(_PAGE)
        last = ""
        while True:
            with self._store.reading() as connection:
                page = connection.execute(query.where(row.reference > last)).all()
            for reference, repository, tag, digest in page:
                yield Target(reference, repository, tag, digest or "")
            if len(page) < _PAGE:
                return
            last = page[-1].reference

    def _problems(self) -> Iterator[Problem]:
        """What that run could not list, and whether it was cut off."""
        row, image = ProblemRow, ResultRow
        of_image = exists().where(image.run_id == row.run_id, image.reference == row.reference)
        columns = row.reference, row.kind, row.detail, row.help
        query = select(*columns).where(row.run_id == self._run, ~of_image)
        with self._store.reading() as connection:
            ended = connection.scalar(select(RunRow.finished).where(RunRow.id == self._run))
            said = connection.execute(query.order_by(row.reference, row.position)).all()
        for reference, kind, detail, help_ in said:
            yield Problem(ProblemKind(kind), reference, detail, help_)
        if ended is None:
            detail = "the audit of it that is kept was cut off, or is at work"
            help_ = "let it end: audit it without `--kept`"
            yield Problem(ProblemKind.NOT_FOUND, self.name, detail, help_)
