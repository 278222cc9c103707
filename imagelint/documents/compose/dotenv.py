"""The `.env` file beside a compose file: what its variables are filled with."""

from __future__ import annotations

import re

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.redact import redact
from imagelint.documents.compose.interpolation import NO_VARIABLES, Variables, interpolated
from imagelint.documents.secrets.names import is_secret_name

FILE_NAME = ".env"
# https://docs.docker.com/reference/compose-file/services/#env_file-format
LINE = pattern(
    r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:][ \t]*"
    r"(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^\r\n]*))",
    re.MULTILINE | re.DOTALL,
)
"""A setting: its name, and its value in single, in double or without quotes."""
COMMENT = pattern(r"(?:^|[ \t]+)#.*")
"""What behind a value without quotes is none of it."""


def read_dotenv(text: str) -> Variables:
    """The variables of an environment file.

    A secret is set and not known: nothing that is said about a compose file may hold it.
    """
    found: dict[str, str | None] = {}
    for match in LINE.finditer(text):
        name, literal, quoted, plain = match.groups()
        if is_secret_name(name):
            found[name] = None
        elif literal is not None:
            found[name] = _open(literal)
        elif quoted is not None:
            found[name] = None if "\\" in quoted else _expanded(quoted, found)
        else:
            found[name] = _expanded(COMMENT.sub("", plain).strip(), found)
    return found


def _expanded(text: str, earlier: Variables) -> str | None:
    fact = interpolated(text, earlier or NO_VARIABLES)
    return _open(fact.value) if isinstance(fact, Known) else None


def _open(value: str) -> str | None:
    return value if redact(value) == value else None
