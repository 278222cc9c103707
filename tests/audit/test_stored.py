"""What the store knows is judged as it was, and is believed only as far as it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import zstandard
from sqlalchemy import Engine, event, select, update

from imagelint.audit.options import AuditOptions
from imagelint.audit.selection import Selection
from imagelint.core.errors import UsageError
from imagelint.store.database import Store
from imagelint.store.models import FactRow, JudgementRow
from tests.audit.conftest import listed

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.testing.registry import MemoryRegistry
    from tests.audit.conftest import Auditor

KEPT = AuditOptions(kept=True)


def test_what_an_earlier_audit_left_out_is_not_taken_for_all(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app")
    registry.image("team/locked", User="root")
    source = f"registry://{registry.host}"
    some = Selection(exclude=("*/locked",))
    audit(source, selection=some)
    with pytest.raises(UsageError, match="left out what is wanted now"):
        audit(source, options=KEPT)
    assert set(audit(source, options=KEPT, selection=some).results) == {"team/app:v1"}
    audit(source)
    for _ in range(2):  # what was judged of it last had less
        audit(source, options=KEPT, selection=some)
        done = audit(source, options=KEPT)
        assert set(done.results) == {"team/app:v1", "team/locked:v1"}


@pytest.mark.parametrize(
    ("wanted", "before", "outcome"),
    [
        ({}, {}, True),
        ({"include": ("a/*",)}, {}, True),
        ({"include": ("a/*",)}, {"include": ("a/*", "b/*")}, True),
        ({"include": ("a/*", "b/*")}, {"include": ("a/*",)}, False),
        ({}, {"include": ("a/*",)}, False),
        ({}, {"exclude": ("a/*",)}, False),
        ({"exclude": ("a/*", "b")}, {"exclude": ("b",)}, True),
        ({}, {"tags": ("v*",)}, False),
        ({"tags": ("v*",)}, {}, True),
        ({"newest": 3}, {}, True),
        ({"newest": 3}, {"newest": 5}, True),
        ({"newest": 5}, {"newest": 3}, False),
        ({}, {"newest": 3}, False),
        ({"newest": 3, "tags": ("v*",)}, {"newest": 5}, False),
        ({"since": "2026-02-01"}, {"since": "2026-01-01"}, True),
        ({"since": "2026-01-01"}, {"since": "2026-02-01"}, False),
        ({}, {"since": "2026-02-01"}, False),
    ],
)
def test_a_selection_is_within_another(
    wanted: dict[str, object], before: dict[str, object], outcome: object
) -> None:
    said = Selection(**before).as_json(("linux/amd64",))  # type: ignore[arg-type]
    assert Selection(**wanted).is_within(said) is outcome  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [b"nothing that was packed", zstandard.compress(b'{"a": 1}')])
def test_a_fact_that_was_changed_is_not_believed_and_asked_for_again(
    registry: MemoryRegistry, audit: Auditor, data: bytes
) -> None:
    registry.image("team/app", User="root")
    source = f"registry://{registry.host}"
    first = audit(source)
    with first.prepared.store.writing() as connection:
        connection.execute(update(FactRow).values(data=data))
    audit.policies = ("strict",)
    done = audit(source, options=KEPT)
    assert done.categories == {"team/app:v1": "gone"}
    assert done.outcome == "incomplete"
    again = audit(source)
    assert again.categories == {"team/app:v1": "audited"}
    assert again.outcome == first.outcome
    with Store.open(audit.place) as store, store.reading() as connection:
        assert data not in set(connection.scalars(select(FactRow.data)))


def test_what_is_kept_is_asked_of_the_store_for_many_images_at_once(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    for number in range(100):
        registry.image(f"team/app{number}", layers=("base", str(number)))
    registry.index("team/both", {"linux/amd64": registry.image("team/both", "part")})
    source = f"registry://{registry.host}"
    audit(source)
    asked: list[str] = []

    def counted(*said: object) -> None:
        asked.append(str(said[2]))

    audit.policies = ("strict",)
    event.listen(Engine, "before_cursor_execute", counted)
    try:
        done = audit(source, options=KEPT)
    finally:
        event.remove(Engine, "before_cursor_execute", counted)
    assert done.overview.categories == {"audited": 102}
    assert sum("FROM facts" in one for one in asked) < 10
    assert not any("INTO chains" in one or "INTO images" in one for one in asked)


def test_a_store_that_is_damaged_where_it_is_read_last_is_said_to_be_so(
    registry: MemoryRegistry, audit: Auditor, here: Path
) -> None:
    registry.image("team/app")
    names = listed(registry, "team/app:v1")
    first = audit("-", stdin=names)
    with first.prepared.store.writing() as connection:
        connection.execute(update(JudgementRow).values(repository="x" * 100_000))
    first.prepared.store.close()
    for rest in ("-wal", "-shm"):
        (here / f"{audit.place}{rest}").unlink(missing_ok=True)
    with Store.open(audit.place) as store:  # whole until it is opened
        path = here / audit.place
        data = bytearray(path.read_bytes())
        at = data.index(b"x" * 4000)
        data[at - at % 4096 : at - at % 4096 + 8] = b"\xff" * 8
        path.write_bytes(data)
        with pytest.raises(UsageError, match="is damaged"), store.reading() as connection:
            connection.execute(select(JudgementRow.repository)).all()
