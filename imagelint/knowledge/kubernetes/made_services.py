"""The Services that operators make of their objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.kubernetes.operator_schema import ServiceRow

Path = tuple[str, ...]


class MadePort(NamedTuple):
    """A port: its name, the place of its number, and the number where nothing stands there.

    Without a place the number is always that, without a number there is no port then.
    """

    name: str
    place: Path
    number: int


class MadeService(NamedTuple):
    """One Service: its name, its ports and its labels.

    The name is that of the object, or of each part at `each`, with `suffix` behind it, or what
    stands at `named`; `joined`, that of a part stands behind that of the object. There is one only
    where every place of `when` says its word. `goes_on` tells whether there may be others besides
    it (`also`), or instead of it (`only`), whose names go on after it. `ports` are its ports where
    the first of the `containers` names none that `begins` so; none at all: they are unknown, as
    they are where something stands at one of `instead`. `always` are there besides. Of `labels`
    the value is the object's name, `labelled` are places of more. One that `leads` has none but
    the servers of the object behind it.
    """

    each: Path
    joined: bool
    when: tuple[tuple[Path, str], ...]
    suffix: str
    goes_on: str
    named: Path
    ports: tuple[MadePort, ...]
    containers: Path
    begins: str
    always: tuple[MadePort, ...]
    labels: tuple[str, ...]
    labelled: tuple[Path, ...]
    headless: bool
    leads: bool
    instead: tuple[Path, ...]


def knows_services(group: str, kind: str) -> bool:
    """Whether it is known which Services an operator makes of an object, be it none."""
    none = table("operators/index")["serviceless"].get(group, ())
    return kind in none or bool(services_made(group, kind))


@looked_up
def services_made(group: str, kind: str) -> tuple[MadeService, ...]:
    """All Services that an operator makes of an object; none of a kind of which it is not known."""
    rows = table("operators/index")["services"].get(group, ())
    return tuple(_service(row) for row in rows if kind in row["kinds"])


def _service(row: ServiceRow) -> MadeService:
    return MadeService(
        each=_path(row["each"]),
        joined=row["joined"],
        when=tuple((_path(place), word) for place, word in row["when"].items()),
        suffix=row["suffix"],
        goes_on=row["goes_on"],
        named=_path(row["named"]),
        ports=_ports(row["ports"]),
        containers=_path(row["containers"]),
        begins=row["begins"],
        always=_ports(row["always"]),
        labels=tuple(row["labels"]),
        labelled=tuple(map(_path, row["labelled"])),
        headless=row["headless"],
        leads=row["leads"],
        instead=tuple(map(_path, row["instead"])),
    )


def _ports(written: dict[str, str]) -> tuple[MadePort, ...]:
    return tuple(_port(name, place) for name, place in written.items())


def _port(name: str, written: str) -> MadePort:
    place, _, number = written.rpartition(" or ")
    if not place and not number.isdecimal():
        return MadePort(name, _path(number), 0)
    return MadePort(name, _path(place), int(number))


def _path(place: str) -> Path:
    return tuple(place.split(".")) if place else ()
