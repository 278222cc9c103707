"""Environment files: `.env`, `production.env`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.base import Document
from imagelint.documents.compose.dotenv import COMMENT, LINE
from imagelint.documents.shared import Holder, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Node
_PLAIN = 4


class EnvironmentFile(Document):
    """The settings of an environment file, in order."""

    kind = "dotenv"
    __slots__ = ()

    def nodes(self) -> Iterator[Node]:
        """Each setting."""
        for match in LINE.finditer(self.source.text):
            group = next(group for group in (2, 3, 4) if match[group] is not None)
            text = match[group]
            if group == _PLAIN:
                text = COMMENT.sub("", text).rstrip()
            start = match.start(group)
            place = Span(start, start + len(text))
            yield Setting(place, match[1], text, Holder.ENVIRONMENT_FILE, verbatim=True)


def parse_dotenv(source: Source) -> EnvironmentFile:
    """Read an environment file; lines that set nothing are none of its settings."""
    return EnvironmentFile(source)
