"""The form of the table of scanners."""

from __future__ import annotations

from typing import Annotated, TypedDict

from imagelint.knowledge.serving import forms


class ScannerRow(TypedDict):
    """A scanner."""

    name: str
    at_least: str
    source: str


class WithdrawnRow(TypedDict):
    """A release of a scanner that must not be run."""

    name: str
    version: str
    id: Annotated[str, "the advisory about it"]
    since: str
    why: Annotated[str, "what it does, as `it steals credentials`"]
    source: str


class ScannerTable(forms.Dated):
    """Scanners, and their releases that must not be run."""

    source: str
    programs: list[ScannerRow]
    withdrawn: list[WithdrawnRow]
