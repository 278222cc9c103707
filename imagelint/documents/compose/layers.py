"""Which files of a folder compose puts together when it is started there.

compose-spec/compose-go:cli/options.go (default file names)
"""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagelint.documents.compose.interpolation import Variables
    from imagelint.documents.kinds import Beside

_BASES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


def layers(name: str, read: Beside, variables: Variables) -> tuple[str, ...]:
    """The files that are put together with the one of that name, in order; itself among them."""
    chosen = variables.get("COMPOSE_FILE")
    if chosen:
        separator = variables.get("COMPOSE_PATH_SEPARATOR") or ":"
        together = tuple(normpath(one) for one in chosen.split(separator) if one)
    elif name in _BASES or name in _OVERRIDES:
        firsts = (_first(names, name, read) for names in (_BASES, _OVERRIDES))
        together = tuple(one for one in firsts if one)
    else:
        together = ()
    return together if name in together else (name,)


def is_whole_project(together: tuple[str, ...], variables: Variables) -> bool:
    """Whether compose takes these files, and no others, where nobody tells it which to take."""
    return together[0] in _BASES or (bool(variables.get("COMPOSE_FILE")) and len(together) > 1)


def _first(names: tuple[str, ...], own: str, read: Beside) -> str:
    return next((one for one in names if one == own or read(one) is not None), "")
