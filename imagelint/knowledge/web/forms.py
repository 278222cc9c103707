"""The form of the table about programs that serve anything: see `knowledge.schema`."""

from __future__ import annotations

from typing import Annotated, TypedDict

from imagelint.knowledge.serving.forms import Dated


class WebServerRow(TypedDict):
    """A program that serves what others wrote, by the first words of its commands."""

    title: str
    programs: Annotated[list[list[str]], "`python` is any interpreter with `-m`"]
    host: Annotated[list[str], "flags that take an address"]
    bind: Annotated[list[str], "flags that take an address with its port"]
    elsewhere: Annotated[list[str], "flags by which it may come from a file or a socket"]
    variables: Annotated[list[str], "variables that set the address"]
    default: Annotated[str, "where it listens when nobody says it; empty: everywhere, or unknown"]
    source: str


class OpeningRow(TypedDict):
    """What takes away the login of such a program, or opens a console in it."""

    title: Annotated[str, "the title of the program"]
    flags: list[str]
    values: Annotated[list[str], "of a flag or the variable; none: the flag alone is enough"]
    variable: str
    unless: Annotated[list[str], "flags that guard it all the same"]
    does: str
    source: str


class WebServerTable(Dated):
    """Programs that serve what others wrote."""

    source: str
    servers: list[WebServerRow]
    debuggers: Annotated[list[WebServerRow], "programs that run what they are told"]
    openings: list[OpeningRow]
