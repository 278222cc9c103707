"""What the tables of a page hold, as their script reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.reporters.stream import Json


class Column(NamedTuple):
    """One column: its name in addresses, its title, and what its cells are.

    `kind` is `text`, `code`, `severity`, `number`, `bytes`, `link` (a text and an address), or
    `names` (the numbers of names of the page).
    `facet`: readers can choose among its values; `chosen` are those chosen at the beginning.
    `opens`: the cell opens what is told about its row. `hidden`: not shown, but searched.
    """

    name: str
    title: str
    kind: str = "text"
    facet: bool = False
    opens: bool = False
    hidden: bool = False
    chosen: tuple[str, ...] = ()


class Row(NamedTuple):
    """One row: by what addresses know it, its cells, and what is told when it is opened.

    `opens` is the address that it leads to, empty where `detail` is shown below it.
    """

    key: str
    cells: tuple[Json, ...]
    detail: tuple[Json, ...] = ()
    opens: str = ""


class Table(NamedTuple):
    """A table: where it stands, its columns and rows, and by which column it is ordered first."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    order: tuple[tuple[int, str], ...]
    empty: str = "Nothing was found."

    def written(self) -> Json:
        """The table as its script reads it."""
        return {
            "id": self.id,
            "title": self.title,
            "columns": [column._asdict() for column in self.columns],
            "rows": [row._asdict() for row in self.rows],
            "order": self.order,
            "empty": self.empty,
        }


def facts(*pairs: tuple[str, str]) -> Iterator[Json]:
    """A block of names and values; nothing where no value says anything."""
    told = [pair for pair in pairs if pair[1]]
    if told:
        yield {"is": "facts", "items": told}


def text(label: str, said: str) -> Iterator[Json]:
    """A block of words below a label; nothing where there are none."""
    if said:
        yield {"is": "text", "label": label, "text": said}
