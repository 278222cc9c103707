"""See what is wrong with a store that answers what no release of ours wrote.

Nobody pays for that but who meets it: a store is looked through once something in it made no sense.
SQLite checks its own pages and no more; whoever edits a file, or a bit that flips in a text, leaves
rows that lead nowhere and values of another type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, Integer, LargeBinary, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from imagelint.core.finding import Confidence, Severity
from imagelint.core.report import Outcome
from imagelint.store import models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, ColumnElement, Select, Table
    from sqlalchemy.engine import Connection

_DAY = "[0-9]" * 4 + "-[0-1][0-9]-[0-3][0-9]T*"


def unsound(connection: Connection) -> str:
    """What does not hold of a store; empty: nothing of what is looked at."""
    return next((said for said, query in _wrong(connection) if _is_there(connection, query)), "")


def _is_there(connection: Connection, query: Select[Any]) -> bool:
    return connection.execute(query.limit(1)).first() is not None


def _wrong(connection: Connection) -> Iterator[tuple[str, Select[Any]]]:
    """What could be wrong, and the rows of which it is."""
    if connection.dialect.name == "sqlite":
        for table in models.Base.metadata.sorted_tables:
            for column in table.columns:
                said = f"`{table.name}.{column.name}` holds values of another type"
                yield said, _one(table).where(_is_of_another_type(column))
        array, obj = "array", "object"
        texts = (models.RunRow.sources, array), (models.FindingRow.notes, array)
        for text, kind in (*texts, (models.RunRow.options, obj), (models.RunRow.asked, obj)):
            told = case((func.json_valid(text), func.json_type(text)), else_="")
            yield (
                f"`{text.class_.__tablename__}.{text.key}` is no {kind} in JSON",
                _where(told != kind).where(text.is_not(None)),
            )
        days = models.RunRow.started, models.ResultRow.at
        for day in days:
            said = f"`{day.class_.__tablename__}.{day.key}` is no time"
            yield said, _where(func.glob(_DAY, day) == 0)
    yield from _values()
    yield from _leads_nowhere()


def _values() -> Iterator[tuple[str, Select[Any]]]:
    """Values that are none of those which there are."""
    severities = [int(level) for level in Severity]
    names = [str(level) for level in Severity]
    outcomes = [outcome.value for outcome in Outcome]
    sure = [confidence.value for confidence in Confidence]
    for column, known in (
        (models.FindingRow.severity, severities),
        (models.FindingRow.confidence, sure),
        (models.RunRow.fail_on, names),
        (models.RunRow.outcome, outcomes),
        (models.JudgementRow.outcome, outcomes),
    ):
        said = f"`{column.class_.__tablename__}.{column.key}` says what there is not"
        yield said, _where(column.not_in(known))


def _leads_nowhere() -> Iterator[tuple[str, Select[Any]]]:
    """Rows that name another one which is not there."""
    below = aliased(models.ChainRow)
    for column, there in (
        (models.JudgedRow.finding, models.FindingRow.id),
        (models.JudgedRow.judgement, models.JudgementRow.id),
        (models.ResultRow.judgement, models.JudgementRow.id),
        (models.ImageRow.chain, models.ChainRow.chain),
        (models.ChainRow.parent, below.chain),
        (models.InventoryRow.judgement, models.JudgementRow.id),
        (models.PackageListRow.package, models.PackageRow.id),
    ):
        said = f"`{column.class_.__tablename__}.{column.key}` names what is not there"
        missing = select(literal(1)).select_from(column.class_)
        missing = missing.outerjoin(there.class_, there == column)
        yield said, missing.where(column.is_not(None), there.is_(None))


def _one(table: Table) -> Select[Any]:
    return select(literal(1)).select_from(table)


def _where(condition: ColumnElement[bool]) -> Select[Any]:
    return select(literal(1)).where(condition)


def _is_of_another_type(column: Column[object]) -> ColumnElement[bool]:
    kind = func.typeof(column)
    if isinstance(column.type, Float):
        types = ["real", "integer"]
    elif isinstance(column.type, LargeBinary):
        types = ["blob"]
    else:
        # Booleans are integers in SQLite, and texts of all lengths are texts.
        whole = isinstance(column.type, Integer) or column.type.python_type is bool
        types = ["integer"] if whole else ["text"]
    wrong = kind.not_in([*types, "null"])
    return wrong if column.nullable else or_(wrong, kind == "null")
