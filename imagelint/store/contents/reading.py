"""Which images have a package, and what is called otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from imagelint.core.finding import Severity
from imagelint.store import views
from imagelint.store.contents.tables import AliasRow, InventoryRow, PackageListRow, PackageRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.engine import Connection

INSTALLED = "installed-package"
"""What stands for a rule where an image has a package, whatever is wrong with it."""


def fits(column: Any, glob: str) -> ColumnElement[bool]:
    """The condition that a column is like a glob, whatever their case."""
    return func.lower(column).like(like(glob.lower()), escape="\\")


def like(glob: str) -> str:
    """A glob (`*`) as SQL writes it, escaped with a backslash."""
    for special in ("\\", "%", "_"):
        glob = glob.replace(special, f"\\{special}")
    return glob.replace("*", "%")


def is_called(column: Any, glob: str) -> ColumnElement[bool]:
    """The condition that a vulnerability is called like that, or is the same as one that is.

    Two that have a CVE number in common are the same; a bulletin may be about several.
    """
    others = select(AliasRow.other).where(fits(AliasRow.name, glob))
    numbers = others.where(AliasRow.other.like("CVE-%"))
    same = aliased(AliasRow)
    of_numbers = select(same.other).where(same.name.in_(numbers))
    return or_(fits(column, glob), column.in_(others), column.in_(of_numbers))


def is_package(column: Any, glob: str) -> ColumnElement[bool]:
    """The condition that a package is called like that, with or without its group or path."""
    return or_(*(fits(column, each) for each in (glob, f"*/{glob}", f"*:{glob}")))


def holding(glob: str) -> Select[str]:
    """The judgements of images that have a package."""
    lists = (
        select(PackageListRow.list)
        .join(PackageRow, PackageRow.id == PackageListRow.package)
        .where(is_package(PackageRow.name, glob))
    )
    return select(InventoryRow.judgement).where(InventoryRow.list.in_(lists))


def installed(
    connection: Connection, judgements: Collection[str], glob: str
) -> Iterator[tuple[str, views.FindingView]]:
    """Each package that is called like that, as if it were a finding; with its judgement."""
    row, member, link = PackageRow, PackageListRow, InventoryRow
    query = (
        select(link.judgement, row.name, row.version, row.kind)
        .join(member, member.package == row.id)
        .join(link, link.list == member.list)
        .where(link.judgement.in_(judgements), is_package(row.name, glob))
        .distinct()
        .order_by(link.judgement, row.name, row.version, row.kind)
    )
    for judgement, name, version, kind in connection.execute(query):
        yield judgement, _installed(name, version, kind)


def _installed(name: str, version: str, kind: str) -> views.FindingView:
    told = f"{name} {version}".strip()
    nothing = dict.fromkeys(views.FindingView._fields, "")
    return views.FindingView(**nothing)._replace(  # type: ignore[arg-type]
        rule=INSTALLED,
        severity=int(Severity.INFO),
        confidence="certain",
        message=f"{told} is installed ({kind})" if kind else f"{told} is installed",
        subject=told,
        notes=(),
        package=name,
    )
