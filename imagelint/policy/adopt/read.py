"""Lists and words of a configuration, whatever their types."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml
from imagelint.documents.yaml.nodes import YamlError

if TYPE_CHECKING:
    from imagelint.core.source import Source


def yaml_root(source: Source) -> Cursor:
    """The first document of a YAML file; a place without anything where the file is empty.

    Raises:
        UsageError: it is no YAML.
    """
    try:
        return Cursor(next(iter(load_yaml(source.text)), None))
    except YamlError as error:
        raise UsageError(Diagnostic(f"is no YAML: {error}", at=source.origin)) from error


def toml_root(source: Source) -> dict[str, object]:
    """The tables of a TOML file.

    Raises:
        UsageError: it is no TOML.
    """
    try:
        return tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:  # of its syntax, or larger than can be read
        raise UsageError(Diagnostic(f"is no TOML: {error}", at=source.origin)) from error


def words(place: Cursor) -> tuple[str, ...]:
    """The words of a list, or of a string with commas between them."""
    listed = [item.word() for item in place.items()] or place.word().split(",")
    return tuple(word.strip() for each in listed for word in each.split(",") if word.strip())


def texts(value: object) -> tuple[str, ...]:
    """The strings of a list, or a string alone."""
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
