"""The fields of objects: their names and types.

Those of Kubernetes' own, of all releases since 1.25, are made of the schemas that each release
publishes; what operators define is a table of its own. A type is read when it is asked for.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Union, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

STRING = "string"
NUMBER = "number"
WHOLE = "whole number"
TRUTH = "truth"
QUANTITY = "quantity"
NUMBER_OR_STRING = "number or string"
MAPPING = "mapping"
ANYTHING = "anything"

FieldForm: TypeAlias = Union[str, "ListOf", "MapOf", "ObjectType"]
"""What a field takes: one of the words above, a list, a mapping of any keys, or a type."""
_WORDS = {
    "s": STRING,
    "f": NUMBER,
    "n": WHOLE,
    "b": TRUTH,
    "q": QUANTITY,
    "x": NUMBER_OR_STRING,
    "o": MAPPING,
    "*": ANYTHING,
}


CUSTOM = "custom."
"""How the names of types begin that operators define."""


class ListOf(NamedTuple):
    """A list of a form."""

    of: FieldForm


class MapOf(NamedTuple):
    """A mapping from any keys to a form."""

    of: FieldForm


class ObjectType:
    """A type by its name, as `core.v1.Container`, with its fields."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def title(self) -> str:
        """Its name for readers: `Container`."""
        return self.name.rpartition(".")[2]

    @property
    def is_custom(self) -> bool:
        """Whether an operator defines it."""
        return self.name.startswith(CUSTOM)

    @property
    def is_open(self) -> bool:
        """Whether it may have more fields than are known."""
        if not self.is_custom:
            return False
        from imagelint.knowledge.kubernetes.custom_resources import custom_type

        return custom_type(self.name).is_open

    @cached_property
    def fields(self) -> Mapping[str, FieldForm]:
        """What it has, by name."""
        pairs = (field.partition(":") for field in _fields_of(self.name).split(" "))
        return {name: _form(form) for name, _, form in pairs if name}


@cache
def object_type(name: str) -> ObjectType:
    """The type of that name.

    Its fields raise KeyError where there is none.
    """
    return ObjectType(name)


@cache
def type_of(api_version: str, kind: str) -> ObjectType | None:
    """The type of an object of its own kind; None where no release since 1.25 has it."""
    name = _table("kinds").get(f"{api_version} {kind}")
    return object_type(name) if name else None


def defined_type(api_version: str, kind: str) -> ObjectType | None:
    """The type of an object of an operator; None where what defines it is not known."""
    from imagelint.knowledge.kubernetes.custom_resources import custom_type_name

    name = custom_type_name(api_version, kind)
    return object_type(name) if name else None


def _fields_of(name: str) -> str:
    if not name.startswith(CUSTOM):
        return _table("types")[name]
    from imagelint.knowledge.kubernetes.custom_resources import custom_type

    return custom_type(name).fields


def _form(written: str) -> FieldForm:
    if written.startswith("[]"):
        return ListOf(_form(written[2:]))
    if written.startswith("{}"):
        return MapOf(_form(written[2:]))
    return _WORDS.get(written) or object_type(written)


def _table(part: str) -> Mapping[str, str]:
    from imagelint.knowledge.compiled.kubernetes_fields import TABLE

    return cast("Mapping[str, str]", TABLE[part])
