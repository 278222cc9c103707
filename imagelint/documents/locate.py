"""From a node to a place as a reader finds it, with secrets masked."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.finding import Excerpt, Location
from imagelint.core.named_secrets import hint_places, hinted
from imagelint.core.pattern import pattern
from imagelint.core.redact import MASK, mask, redact, secret_spans
from imagelint.core.source import Span
from imagelint.documents.shared import EnvOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.named_secrets import Hinted
    from imagelint.documents.base import Document, Node
    from imagelint.documents.parts import TextPart
    from imagelint.documents.project import Project, SecretValues
    from imagelint.documents.secrets.shared import TextSecrets

_REFERENCE = pattern(r"[\"']?\$(?:\w+|\(\w+\)|\{\w+\})[\"']?")
_LONGEST_EXCERPT = 5
_LONGEST_LINE = 400
_MOST_WORDS = 100
_SHORTEST_VALUE = 4  # shorter ones are words; the index of values goes by so many


class Locators:
    """Places in the document that is judged, and in the others that its judgement looked at.

    What is said about a document may hold words of any of them: all their secrets are masked.
    """

    __slots__ = ("_looked_at", "_project", "_secrets", "own")

    def __init__(self, document: Document, project: Project) -> None:
        self.own = Locator(document)
        self._project = project
        # Of which documents the secrets are known: there may be thousands, and few have any.
        self._looked_at: set[tuple[str, bool]] = set()
        self._secrets: list[SecretValues] = []

    def of(self, origin: str) -> Locator:
        """The locator of another document of the run, by its origin.

        Raises:
            LookupError: the judgement has not looked at a document of that origin.
        """
        if origin == self.own.document.source.origin:
            return self.own
        document = self._project.source_of(origin)
        if document is None:
            raise LookupError(f"no document of that origin was looked at: {origin}")
        return Locator(document)

    def redact(self, message: str) -> str:
        """A message without any secret of the documents in it."""
        message = self.own.without_values(message)
        for origin in self._project.consulted:
            key = origin, self._project.is_completed(origin)
            if key not in self._looked_at:
                self._looked_at.add(key)
                self._secrets += filter(None, (self._values(key),))
        for values in self._secrets:
            message = _without(values, message)
        return redact(message)

    def _values(self, key: tuple[str, bool]) -> SecretValues:
        """The secrets of another document, which is read for that once in a run."""
        known = self._project.secret_values
        if key not in known:
            known[key] = self.of(key[0]).document.derived(_secret_values)
        return known[key]


class Locator:
    """Makes locations for one document, whose secrets are found once, when the first is made."""

    __slots__ = ("document",)

    def __init__(self, document: Document) -> None:
        self.document = document

    def locate(self, node: Node) -> Location:
        """The place of a node: its span, positions, logical path, and whole masked lines."""
        part = self.document.part_at(node.span.start)
        source, span = part.source, part.local(node.span)
        path = getattr(node, "path", "")
        if not source.text:
            return Location(source.origin, path=path)
        start = source.position(span.start)
        end = source.position(span.end)
        excerpt = self._excerpt(part, start.line, end.line)
        return Location(source.origin, span, start, end, excerpt, path)

    def redact(self, message: str) -> str:
        """A message without any secret of the document in it."""
        return redact(self.without_values(message))

    def without_values(self, message: str) -> str:
        """A message without the values that the document keeps secret."""
        return _without(self.document.derived(_secret_values), message)

    def _excerpt(self, part: TextPart, first: int, last: int) -> Excerpt:
        last = min(last, first + _LONGEST_EXCERPT - 1)
        lines = tuple(self._masked(part, number) for number in range(first, last + 1))
        return Excerpt(first, lines)

    def _masked(self, part: TextPart, number: int) -> str:
        source = part.source
        whole = part.shifted(source.line_span(number))
        line = source.line(number)[:_LONGEST_LINE]
        covered = self.document.derived(_covered)
        # What is covered is apart and in order: so are its ends.
        first = bisect_left(covered, whole.start, key=lambda span: span.end)
        last = bisect_left(covered, whole.start + len(line), key=lambda span: span.start)
        for secret in covered[first:last]:
            start = max(secret.start - whole.start, 0)
            end = min(secret.end - whole.start, len(line))
            line = line[:start] + _same_width(end - start) + line[end:]
        return line


def _secret_values(document: Document) -> SecretValues:
    """The values of the secrets by how they begin: there may be thousands."""
    written = {document.written(span).strip("'\"") for span in document.derived(_secrets)}
    written -= _open_words(document, written)
    by_length: dict[str, dict[int, set[str]]] = {}
    for value in written:
        if len(value) >= _SHORTEST_VALUE:
            alike = by_length.setdefault(value[:_SHORTEST_VALUE], {})
            alike.setdefault(len(value), set()).add(value)
    return {
        start: tuple((length, frozenset(alike[length])) for length in sorted(alike, reverse=True))
        for start, alike in by_length.items()
    }


def _without(values: SecretValues, message: str) -> str:
    """A message with a mask over each of some values."""
    found = tuple(_occurrences(values, message)) if values else ()
    for start, end in reversed(found):
        message = message[:start] + MASK + message[end:]
    return message


def _occurrences(values: SecretValues, text: str) -> Iterator[Span]:
    """Where values stand in a text, in order; those that overlap are one."""
    start = end = -1
    for at in range(len(text) - _SHORTEST_VALUE + 1):
        for length, alike in values.get(text[at : at + _SHORTEST_VALUE], ()):
            if text[at : at + length] not in alike:
                continue
            if at >= end:
                if end > 0:
                    yield Span(start, end)
                start = at
            end = max(end, at + length)
            break
    if end > 0:
        yield Span(start, end)


def _open_words(document: Document, written: set[str]) -> set[str]:
    """Values such as `mysql`, plain words which the text says in other places as well."""
    words = {value for value in written if value.isalpha() and value.islower()}
    if not words or len(words) > _MOST_WORDS:
        return set()
    shown = "\n".join(_shown(document, part) for part in document.parts)
    return {word for word in words if word in shown}


def _shown(document: Document, part: TextPart) -> str:
    """A text of a document without its secrets."""
    text = part.source.text
    whole = part.shifted(Span(0, len(text)))
    inside = [span for span in document.derived(_covered) if whole.covers(span)]
    return mask(text, map(part.local, inside))


def hinted_secrets(document: Document) -> Hinted:
    """What secrets may occur in the text of a document, and its parts, for `Document.derived`."""
    return hinted(document.source.text)


def may_name_secret(document: Document, span: Span) -> bool:
    """Whether a part of the own text of a document has a word that gives a secret away.

    Nearly none has: it is quicker to look for the words once than in each part.
    """
    places = document.derived(_hint_places)
    at = bisect_left(places, span.start)
    return at < len(places) and places[at] < span.end


def _hint_places(document: Document) -> tuple[int, ...]:
    text = document.source.text
    if len(text.lower()) != len(text):  # some letters are longer in lower case
        return tuple(range(len(text)))
    return hint_places(text, document.derived(hinted_secrets))


def looking_secret(document: Document) -> tuple[Span, ...]:
    """Everything in the texts of a document that looks like a secret, for `Document.derived`."""
    found = secret_spans(document.source.text, document.derived(hinted_secrets))
    inside = (part.shifted(span) for part, secrets in _attached(document) for span in secrets.shown)
    return (*found, *inside, *document.derived(disguised_secrets))


def disguised_secrets(document: Document) -> frozenset[Span]:
    """Those of them whose text says only when it is read what they are, for `Document.derived`."""
    inside = frozenset(
        part.shifted(span) for part, secrets in _attached(document) for span in secrets.disguised
    )
    text = document.source.text
    if "\\" not in text and "64" not in text:
        return inside
    from imagelint.documents.secrets.disguised import disguised_spans

    return inside.union(disguised_spans(text))


def _attached(document: Document) -> tuple[tuple[TextPart, TextSecrets], ...]:
    return document.derived(_secrets_of_attached) if document.attached else ()


def _secrets_of_attached(document: Document) -> tuple[tuple[TextPart, TextSecrets], ...]:
    from imagelint.documents.secrets.shared import secrets_in

    return tuple((part, secrets_in(part.source.text)) for part in document.attached)


def _secrets(document: Document) -> tuple[Span, ...]:
    found = (*document.derived(looking_secret), *document.concealed(), *_told(document))
    return tuple(sorted(set(found)))


def _told(document: Document) -> Iterator[Span]:
    """What servers are told by flags, and scripts export: quoted, folded, filled in or not."""
    from imagelint.documents.secrets.names import is_secret_name
    from imagelint.documents.secrets.values import is_placeholder
    from imagelint.documents.serving.command import ServingCommand

    for server in document.nodes_of(ServingCommand):
        told = [(one.name, one.value, one.value_span) for one in server.switches]
        exported = (one for one in server.launch.env if one.origin is EnvOrigin.SHELL)
        told += [(one.name, one.value, one.value_span) for one in exported]
        for name, value, span in told:
            if not isinstance(value, Known) or is_placeholder(value.value):
                continue
            if is_secret_name(name) and not _REFERENCE.fullmatch(document.written(span)):
                yield span


def _covered(document: Document) -> tuple[Span, ...]:
    """The secrets as spans that do not overlap, in order."""
    apart: list[Span] = []
    for span in document.derived(_secrets):
        if apart and span.start <= apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return tuple(apart)


def _same_width(width: int) -> str:
    """A mask that keeps the columns behind it; short secrets do not tell their length."""
    return "•" * width
