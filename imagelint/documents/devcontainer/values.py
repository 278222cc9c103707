"""What is written in a development container's file as values of a line that runs one.

https://containers.dev/implementors/json_reference/#variables-in-devcontainerjson
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.documents.runlines.values import Value
from imagelint.documents.shell.script import Word
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import contiguous

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

_VARIABLE = pattern(
    r"\$(?:\{(?P<name>localEnv|env|containerEnv|localWorkspaceFolder|localWorkspaceFolderBasename"
    r"|containerWorkspaceFolder|containerWorkspaceFolderBasename|devcontainerId|templateOption)"
    r"(?::(?P<variable>[^:{}]*)(?::(?P<default>[^{}]*))?)?\})?"
)
_NAME = pattern(r"[A-Za-z_]\w*", re.ASCII)
_UNKNOWN = "${_}"
_OF_THE_HOST = ("localEnv", "env")


def value_at(place: Cursor, folder: str = "") -> Value | None:
    """The word at a place; None where there is none.

    `folder` is the folder that the editor opens, by its path from that of the file; empty where
    what is written is no path from there.
    """
    node = place.node
    if not isinstance(node, Scalar) or node.value is None:
        return None
    exact = contiguous(node)
    span, raw = (node.span, node.raw) if exact is None else (exact, node.text)
    text = _VARIABLE.sub(lambda found: _filled_in(found, folder), node.text)
    return Value(span, text, raw)


def _filled_in(found: re.Match[str], folder: str) -> str:
    """A variable as compose would write it."""
    name, variable = found["name"], found["variable"] or ""
    if name is None:
        return "$$"
    if name == "localWorkspaceFolder":
        return folder or _UNKNOWN
    if name not in _OF_THE_HOST or not _NAME.fullmatch(variable):
        return _UNKNOWN
    default = (found["default"] or "").replace("$", "$$")
    return f"${{{variable}:-{default}}}" if default else f"${{{variable}}}"


def word_of(value: Value) -> Word:
    """A value as a word of a line."""
    fact = value.fact
    if isinstance(fact, Known):
        return Word(value.span, value.raw, Known(fact.value, value.span))
    return Word(value.span, value.text, UNKNOWN)


def with_prefix(value: Value, prefix: str) -> Value:
    """A value behind `NAME=`, all of which stands at its place."""
    return Value(value.span, f"{prefix}{value.text}", value.raw)
