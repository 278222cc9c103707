"""From a node to a place as a reader finds it, with secrets masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Excerpt, Location
from imagelint.core.redact import MASK, redact, secret_spans

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Node

_LONGEST_EXCERPT = 5
_LONGEST_LINE = 400


class Locator:
    """Makes locations for one document; finds its secrets once, when the first is made."""

    __slots__ = ("_secrets", "document")

    def __init__(self, document: Document) -> None:
        self.document = document
        self._secrets: tuple[Span, ...] | None = None

    def locate(self, node: Node) -> Location:
        """The place of a node: its span, positions, logical path, and whole masked lines."""
        source = self.document.source
        span = node.span
        path = getattr(node, "path", "")
        if not source.text:
            return Location(source.origin, path=path)
        start = source.position(span.start)
        end = source.position(span.end)
        return Location(source.origin, span, start, end, self._excerpt(start.line, end.line), path)

    def redact(self, message: str) -> str:
        """A message without any secret of the document in it."""
        values = self._all_values()
        for length in values:
            at = 0
            while at + length <= len(message):
                found = message[at : at + length] in values[length]
                if found:
                    message = message[:at] + MASK + message[at + length :]
                at += len(MASK) if found else 1
        return redact(message)

    def _all_values(self) -> Mapping[int, frozenset[str]]:
        """The values of the secrets by their lengths, longest first: there may be thousands."""
        if self._values is None:
            text = self.document.source.text
            written = {text[span.start : span.end].strip("'\"") for span in self._all_secrets()}
            lengths = sorted({len(value) for value in written}, reverse=True)
            self._values = {
                length: frozenset(value for value in written if len(value) == length)
                for length in lengths
                if length >= _SHORTEST_VALUE
            }
        return self._values

    def _all_secrets(self) -> tuple[Span, ...]:
        if self._secrets is None:
            found = [*secret_spans(self.document.source.text), *self.document.concealed()]
            self._secrets = tuple(sorted(set(found)))
        return self._secrets

    def _excerpt(self, first: int, last: int) -> Excerpt:
        last = min(last, first + _LONGEST_EXCERPT - 1)
        return Excerpt(first, tuple(self._masked(number) for number in range(first, last + 1)))

    def _masked(self, number: int) -> str:
        source = self.document.source
        whole = source.line_span(number)
        line = source.line(number)
        secrets = self._all_secrets()
        # A secret may span lines; none begins so far before its end that others end in between.
        first = bisect_left(self._ends(), whole.start)
        last = bisect_left(secrets, Span(whole.end, -1))
        for secret in reversed(secrets[first:last]):
            start = max(secret.start, whole.start) - whole.start
            end = min(secret.end, whole.end) - whole.start
            if start < end:
                line = line[:start] + _same_width(end - start) + line[end:]
        return line[:_LONGEST_LINE]


def _same_width(width: int) -> str:
    """A mask that keeps the columns behind it; short secrets do not tell their length."""
    return "•" * width
