"""The form of the table of constraints."""

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
