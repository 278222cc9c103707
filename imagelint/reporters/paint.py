"""Colours of a terminal, by the name of what is coloured."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Paint: TypeAlias = Callable[[str, str], str]

# SGR parameters of ECMA-48; only the eight colours that every theme defines.
_CODES = {
    "critical": "1;35",
    "high": "1;31",
    "medium": "1;33",
    "low": "1;36",
    "info": "1;32",
    "problem": "1;31",
    "gutter": "1;34",
    "strong": "1",
    "pass": "1;32",
    "fail": "1;31",
    "incomplete": "1;33",
}


def colored(style: str, text: str) -> str:
    """A text in the colour of a style."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m"


def plain(style: str, text: str) -> str:  # noqa: ARG001 - the same shape as `colored`
    """A text as it is."""
    return text
