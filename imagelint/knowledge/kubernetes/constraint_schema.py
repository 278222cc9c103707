"""The forms of the tables of constraints, and of what operators define."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from imagelint.knowledge.serving import forms


class RequiredRow(TypedDict):
    """Fields without which a part of an object is refused; empty ones count as absent."""

    types: list[str]
    fields: list[str]


class RangeRow(TypedDict):
    """How large the whole numbers of some fields may be."""

    types: list[str]
    fields: list[str]
    least: int
    most: NotRequired[int]


class WordRow(TypedDict):
    """How the words of some fields are written."""

    types: list[str]
    fields: list[str]
    form: Annotated[str, "a name in `documents.kubernetes.constraints.forms`"]
    what: NotRequired[Annotated[str, "what it names, as `a Secret`"]]


class ChoiceRow(TypedDict):
    """Fields of which one alone may be there; one must, where there is an example of it."""

    types: list[str]
    fields: list[str]
    example: NotRequired[Annotated[str, "what is right, as `number: 80`"]]


class ConstraintTable(forms.Dated):
    """What the API server holds the parts of objects to, besides their fields and types."""

    source: str
    required: list[RequiredRow]
    ranges: list[RangeRow]
    words: list[WordRow]
    choices: list[ChoiceRow]


class CustomKindRow(TypedDict):
    """The type of an operator's objects."""

    apis: Annotated[list[str], "as `keda.sh/v1alpha1`"]
    kind: str
    type: Annotated[str, "a name of `types`"]
    source: Annotated[str, "its definition, and the release"]


class CustomTypeRow(TypedDict):
    """What is known of a type that an operator defines."""

    name: Annotated[str, "as `custom.JobSet`"]
    open: Annotated[bool, "whether it may have more fields than these"]
    fields: Annotated[str, "as `name:s template:custom.PodTemplate`"]
    required: list[str]


class CustomResourceTable(forms.Dated):
    """What definitions hold objects to, on the way to what is read of them."""

    source: str
    kinds: list[CustomKindRow]
    types: list[CustomTypeRow]
