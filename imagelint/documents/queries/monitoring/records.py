"""What the rules of a run record under a name."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.documents.project import by_key
from imagelint.documents.promql.query import Query
from imagelint.documents.promql.recorded import RECORD, recorded_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.project import Project
    from imagelint.documents.promql.tree import Expression

# The kinds of documents that hold rules, by name: who asks need not import what reads them.
_KINDS = ("prometheus-rules", "kubernetes")
_MOST = 8


def records_of(document: Document, project: Project) -> Callable[[str], Expression | None]:
    """Gives what is recorded under a name, where all who record it record the same."""

    def recorded(name: str) -> Expression | None:
        own = document.derived(by_key).get(recorded_as(name), ())
        here = [one for one in own if isinstance(one, Query)]
        found = here or list(islice(_elsewhere(name, project), _MOST))
        texts = {one.text.text.strip() for one in found}
        return found[0].tree if len(texts) == 1 else None

    return recorded


def _elsewhere(name: str, project: Project) -> Iterator[Query]:
    for kind in _KINDS:
        for _, query in project.named(kind, recorded_as(name), Query, RECORD):
            yield query
