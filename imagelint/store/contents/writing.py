"""What is in an image as rows: lists of packages, and what vulnerabilities are called."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from imagelint.store.contents.tables import AliasRow, InventoryRow, PackageListRow, PackageRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.store.records import Judgement, PackageList, StoredVulnerability
    from imagelint.store.table import Base

    Rows = Iterator[tuple[type[Base], dict[str, Any]]]
    IsNew = Callable[[type[Base], str], bool]
    """Whether what has that name in a table has to be written."""


_MOST_ALIASES = 30  # a database that lies could name thousands, and their pairs are a million


def inventory_rows(judgement: Judgement, is_new: IsNew) -> Rows:
    """The lists of packages of an image; none where nobody listed any."""
    for each in judgement.packages or ():
        name = each.id
        if is_new(PackageListRow, name):
            yield from _list_rows(name, each, is_new)
        yield InventoryRow, {"judgement": judgement.id, "list": name}


def _list_rows(name: str, each: PackageList, is_new: IsNew) -> Rows:
    for package in each.packages:
        made = package.id
        if is_new(PackageRow, made):
            yield PackageRow, {"id": made, **package._asdict()}
        yield PackageListRow, {"package": made, "list": name}


def alias_rows(known: StoredVulnerability, is_new: IsNew) -> Rows:
    """Any two names of a vulnerability, each way round; of very many only those with its own."""
    few = len(known.aliases) <= _MOST_ALIASES
    one_way = [(known.id, alias) for alias in known.aliases]
    each = (*one_way, *((alias, name) for name, alias in one_way))
    for name, other in permutations((known.id, *known.aliases), 2) if few else each:
        if is_new(AliasRow, f"{name} {other}"):
            yield AliasRow, {"name": name, "other": other}
