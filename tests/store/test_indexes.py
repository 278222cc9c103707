"""What is known of some images is found without reading that of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, select, text

from imagelint.audit.lookup import Known
from imagelint.store.models import ImageRow, JudgementRow
from imagelint.store.reading import Reader
from tests.store.samples import fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.store.database import Store
    from imagelint.store.views import Counts

LARGE = ("tags", "results", "judgements", "images", "chains", "facts", "judged")


def walked(store: Store, ask: Callable[[], object]) -> set[str]:
    """Which large tables are read whole to answer something."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, said: str, given: Any, *_more: object) -> None:
        asked.append((said, given))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    assert asked
    found = set()
    with store.reading() as connection:
        for said, given in asked:
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given).all():
                found |= {table for table in LARGE if row.detail == f"SCAN {table}"}
    return found


def test_images_are_found_by_their_digests(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        digests = list(connection.scalars(select(ImageRow.digest).limit(5)))
        judged = select(JudgementRow.id, JudgementRow.repository, JudgementRow.digest)
        judgements = connection.execute(judged.limit(5)).all()
    reader, known = Reader(store), Known(store)
    assert not walked(store, lambda: reader.images(digests))
    assert not walked(store, lambda: known.judgements([row.id for row in judgements]))
    pairs = {(row.repository, row.digest) for row in judgements}
    assert not walked(store, lambda: known.statements(pairs, {"1" * 32: False}))


def test_the_worst_are_those_with_the_most(store: Store) -> None:
    run = fill(store)[-1]
    worst = Reader(store).worst(run, 7)
    several = [one for one in Reader(store).results(run) if one.judgement]
    order = sorted(several, key=lambda one: ([-n for n in _levels(one.findings)], one.reference))
    assert [one.reference for one in worst] == [one.reference for one in order[:7]]


def _levels(counts: Counts) -> tuple[int, ...]:
    return counts.critical, counts.high, counts.medium, counts.low, counts.info


def test_a_table_that_is_read_whole_is_seen(store: Store) -> None:
    def ask() -> None:
        with store.reading() as connection:
            connection.execute(text("SELECT count(*) FROM chains WHERE layer = 'x'"))

    assert walked(store, ask) == {"chains"}
