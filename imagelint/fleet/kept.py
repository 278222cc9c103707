"""What a store keeps besides the findings of a run, as tables: its runs, tags over time, bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.fleet.verdicts import together
from imagelint.reporters.html.tables import Column, Row, Table
from imagelint.reporters.visible import visible
from imagelint.store.contents.reclaim import reclaimable
from imagelint.store.reading import Reader
from imagelint.store.rollups import RollUps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.fleet.gather import Fleet
    from imagelint.store.database import Store


def run_table(store: Store, _fleet: Fleet) -> Table:
    """All runs of a store, the newest first, whatever one of them is asked for."""
    columns = (
        *(Column("run", "Run", "number"), Column("started", "Began"), Column("finished", "Ended")),
        *(Column("depth", "Depth"), Column("policy", "Policy"), Column("outcome", "Outcome")),
        Column("references", "References", "number"),
        Column("untold", "Not audited", "number"),
        Column("findings", "Findings", "number"),
        Column("sources", "Sources", "code"),
    )
    runs = Reader(store).runs()
    numbers = RollUps(store).numbers([one.id for one in runs])
    rows = tuple(
        Row(
            str(one.id),
            (
                *(one.id, one.started, one.finished, one.depth, visible(one.policy)),
                *(one.outcome, *numbers[one.id], visible(", ".join(one.sources))),
            ),
        )
        for one in runs
    )
    return Table("runs", "Runs", columns, rows, ())


def tag_table(store: Store, fleet: Fleet) -> Table:
    """What tags of a run led to over time; its rows are made as they are asked for."""
    columns = (
        Column("reference", "Tag", "code"),
        Column("owner", "Team", facet=True),
        Column("digest", "Led to", "code"),
        *(Column("first_seen", "From"), Column("last_seen", "To")),
    )

    def rows() -> Iterator[Row]:
        reader, wanted = Reader(store), fleet.wanted
        for part in together(reader.results(fleet.run.id, wanted)):
            known = reader.tag_histories({(one.repository, one.tag) for one in part if one.tag})
            for one in part:
                for led in known.get((one.repository, one.tag), ()):
                    name = visible(one.reference), visible(one.owner)
                    yield Row(one.reference, (*name, *led))

    return Table("tags", "What tags led to", columns, rows(), ())


def bytes_table(store: Store, fleet: Fleet) -> Table:
    """Bytes of layers by repository, those first of which no tag needs the most any more."""
    columns = (
        Column("repository", "Repository", "code"),
        Column("reclaimable", "Reclaimable", "bytes"),
        Column("used", "In use", "bytes"),
    )
    with store.reading() as connection:
        found = reclaimable(connection, fleet.run.id)
    rows = tuple(
        Row(one.repository, (visible(one.repository), one.superseded, one.live)) for one in found
    )
    return Table("bytes", "Reclaimable bytes", columns, rows, ())
