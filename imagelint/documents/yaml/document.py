"""What all documents that are written in YAML have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.complaints import DuplicateKey
from imagelint.documents.kinds import kind_named
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.template import template_error
from imagelint.documents.yaml.load import Merging, YamlError, YamlStream, read_yaml
from imagelint.documents.yaml.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Document
    from imagelint.documents.yaml.nodes import Entry, YamlNode

# Of a variable, and of a Secret: what is under them may be secret whatever it is called.
_HOLDERS = frozenset(("value", "data", "stringData"))


def read_stream(source: Source, kind: str) -> YamlStream:
    """The YAML of a source, as the programs that take documents of a kind read it.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    try:
        return _read(source.text, kind)
    except YamlError as error:
        raise _refused(error, source.text) from None


def _read(text: str, kind: str) -> YamlStream:
    return read_yaml(text, Merging.LAST if kind_named(kind).merges_last else Merging.OWN_FIRST)


def _refused(error: YamlError, text: str) -> DocumentError:
    if error.template:
        return template_error(text)
    kind = ProblemKind.TOO_LARGE if error.too_large else ProblemKind.UNPARSABLE
    return DocumentError(kind, f"this is not YAML that can be read: {error.message}", error.span)


def replaced_secrets(document: Document) -> tuple[Span, ...]:
    """Where secrets stand in entries that others of the same key replace.

    No node of a document tells of them, and yet a reader is shown these lines. They are rare enough
    to read the text again for them.
    """
    if not any(isinstance(complaint, DuplicateKey) for complaint in document.complaints):
        return ()
    stream = _read(document.source.text, document.kind)
    found: list[Span] = []
    pending: list[tuple[str, YamlNode]] = [(e.key.text, e.value) for e in stream.replaced]
    while pending:
        name, node = pending.pop()
        if isinstance(node, Mapping):
            pending += [(_named(entry, name), entry.value) for entry in node.entries]
        elif isinstance(node, Sequence):
            pending += [(name, item) for item in node.items]
        elif name in _HOLDERS or is_secret_name(name):
            found.append(node.span)
    return tuple(found)


def _named(entry: Entry, above: str) -> str:
    return above if above in _HOLDERS else entry.key.text


def duplicate_complaints(stream: YamlStream) -> tuple[DuplicateKey, ...]:
    """A complaint about each key that is written again."""
    twice = (
        DuplicateKey(
            key.span,
            key.text,
            f"the key `{key.text}` is written twice in the same mapping",
            "keep one of them: readers disagree about which one counts",
        )
        for key in stream.duplicates
    )
    overridden = (
        DuplicateKey(
            key.span,
            key.text,
            f"the key `{key.text}` is brought in again by the merge key (`<<`) behind it",
            "put the merge key first: kubectl and Helm take what stands last, others this",
        )
        for key in stream.overridden
    )
    return (*twice, *overridden)
