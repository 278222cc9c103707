"""What the store holds already, of an earlier audit of the same sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from imagelint.audit.targets import Target
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.store.models import ResultRow, RunRow

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
        """The images whose digests are known."""
        row = ResultRow
        columns = row.reference, row.repository, row.tag, row.digest
        known = row.run_id == self._run, row.digest.is_not(None)
        query = select(*columns).where(*known).order_by(row.reference).limit(_PAGE)
        last = ""
        while True:
            with self._store.reading() as connection:
                page = connection.execute(query.where(row.reference > last)).all()
            for reference, repository, tag, digest in page:
                yield Target(reference, repository, tag, str(digest))
            if len(page) < _PAGE:
                return
            last = page[-1].reference
