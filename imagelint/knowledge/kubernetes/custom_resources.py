"""What the definitions of operators hold their objects to, on the way to what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping


class CustomType(NamedTuple):
    """A type of the table: its fields, written as in that of Kubernetes, and which must be.

    An open one may have more fields than are known.
    """

    fields: str
    required: tuple[str, ...]
    is_open: bool


def custom_type_name(api_version: str, kind: str) -> str:
    """The type of an operator's object, such as `custom.JobSet`; empty where none is known."""
    return _kinds().get((api_version, kind), "")


def custom_type(name: str) -> CustomType:
    """What a type is.

    Raises:
        KeyError: there is none of that name.
    """
    return _types()[name]


def apis_with(kind: str) -> list[str]:
    """The groups and versions in which operators define a kind."""
    return [api for api, name in _kinds() if name == kind]


@looked_up
def _kinds() -> Mapping[tuple[str, str], str]:
    rows = table("kubernetes/custom_resources")["kinds"]
    return {(api, row["kind"]): row["type"] for row in rows for api in row["apis"]}


@looked_up
def _types() -> Mapping[str, CustomType]:
    rows = table("kubernetes/custom_resources")["types"]
    return {
        row["name"]: CustomType(row["fields"], tuple(row["required"]), row["open"]) for row in rows
    }
