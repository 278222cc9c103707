"""What the rules of a run record under a name, and what an adapter serves under one."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT
from imagelint.documents.project import by_key
from imagelint.documents.promql.query import Query
from imagelint.documents.promql.recorded import RECORD, SERIES, recorded_as, served_as
from imagelint.documents.promql.tree import Aggregation, Place, Selector, inner
from imagelint.documents.queries.monitoring.servers import servers_of_engine
from imagelint.knowledge.serving.metrics import bare_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.project import Project
    from imagelint.documents.promql.tree import Expression
    from imagelint.documents.queries.links.scope import Scope

# The kinds of documents that hold rules, by name: who asks need not import what reads them.
_KINDS = ("prometheus-rules", "values", "kubernetes")
_MOST = 8
_NOWHERE = Place(0, 0)
_TOGETHER = frozenset(("sum", "avg", "max", "min"))


def records_of(document: Document, project: Project) -> Callable[[str], Expression | None]:
    """Gives what is recorded under a name, where all who record it record the same."""

    def recorded(name: str) -> Expression | None:
        own = document.derived(by_key).get(recorded_as(name), ())
        here = [one for one in own if isinstance(one, Query)]
        found = here or list(islice(_elsewhere(name, project), _MOST))
        texts = {one.text.text.strip() for one in found}
        return found[0].tree if len(texts) == 1 else None

    return recorded


def shown_of(
    recorded: Callable[[str], Expression | None], scope: Scope
) -> Callable[[str], Expression | None]:
    """Gives what is recorded under a name, else what servers in sight show under it.

    Some names have no prefix, and are anybody's where no such server is in sight.
    """

    def shown(name: str) -> Expression | None:
        made = recorded(name)
        bare, part = bare_series(name) if made is None else (None, "")
        if bare is None or not servers_of_engine(bare.engine, scope):
            return made
        return Selector(_NOWHERE, f"{bare.metric}{part}", _NOWHERE, ())

    return shown


def served_of(document: Document, project: Project) -> Callable[[str], str]:
    """Gives the metric that an adapter serves under a name as it is; empty where none is known."""

    def served(name: str) -> str:
        own = document.derived(by_key).get(served_as(name), ())
        found = [one for one in own if isinstance(one, Query)]
        trees = [one.tree for one in found or islice(_served_elsewhere(name, project), _MOST)]
        names = {one.metric for one in trees if isinstance(one, Selector)}
        plain = all(isinstance(one, Selector) or _keeps_values(one) for one in trees)
        return names.pop() if len(names) == 1 and plain else ""

    return served


def _keeps_values(tree: Expression | None) -> bool:
    """Whether the values of series are put together, and nothing else is done with them."""
    if not isinstance(tree, Aggregation) or tree.operator not in _TOGETHER:
        return False
    asked = inner(tree.operand)
    return isinstance(asked, Selector) and asked.window is ABSENT


def _served_elsewhere(name: str, project: Project) -> Iterator[Query]:
    for kind in _KINDS:
        for _, query in project.named(kind, served_as(name), Query, SERIES):
            yield query


def is_recorded(name: str, document: Document, project: Project) -> bool:
    """Whether any rule records something under a name."""
    own = document.derived(by_key).get(recorded_as(name), ())
    here = any(isinstance(one, Query) for one in own)
    return here or next(_elsewhere(name, project), None) is not None


def _elsewhere(name: str, project: Project) -> Iterator[Query]:
    for kind in _KINDS:
        for _, query in project.named(kind, recorded_as(name), Query, RECORD):
            yield query
