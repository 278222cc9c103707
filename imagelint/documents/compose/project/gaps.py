"""What a compose file names and cannot be had: problems where we cannot tell, else complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.complaints import MalformedComposeFile

if TYPE_CHECKING:
    from imagelint.core.source import Span

_HELP = "examine what `docker compose config` prints: there it is put together"


class Gaps:
    """Collects them.

    `end` is where the text of the file itself ends. What stands in a file that lies over or under
    it is told there; the `first` of them tells it, too: it may be the only one that is examined.
    """

    __slots__ = ("_end", "_first", "complaints", "problems")

    def __init__(self, end: int, *, first: bool) -> None:
        self._end = end
        self._first = first
        self.problems: list[DocumentError] = []
        self.complaints: list[MalformedComposeFile] = []

    def unread(self, place: Span, message: str) -> None:
        """Something could not be read: what it would have brought was not examined."""
        own = place.end <= self._end
        if own or self._first:
            span = place if own else None
            self.problems.append(DocumentError(ProblemKind.UNREADABLE, message, span, _HELP))

    def refused(self, place: Span, subject: str, message: str, advice: str) -> None:
        """Compose refuses something; what stands in another file is told about that."""
        if place.end <= self._end:
            self.complaints.append(MalformedComposeFile(place, subject, message, advice))
