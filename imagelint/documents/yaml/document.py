"""What all documents that are written in YAML have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.complaints import DuplicateKey
from imagelint.documents.template import template_error
from imagelint.documents.yaml.load import YamlError, YamlStream, read_yaml

if TYPE_CHECKING:
    from imagelint.core.source import Source


def read_stream(source: Source) -> YamlStream:
    """The YAML of a source.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    try:
        return read_yaml(source.text)
    except YamlError as error:
        raise _refused(error, source.text) from None


def _refused(error: YamlError, text: str) -> DocumentError:
    if error.template:
        return template_error(text)
    kind = ProblemKind.TOO_LARGE if error.too_large else ProblemKind.UNPARSABLE
    return DocumentError(kind, f"this is not YAML that can be read: {error.message}", error.span)


def duplicate_complaints(stream: YamlStream) -> tuple[DuplicateKey, ...]:
    """A complaint about each key that is written again."""
    return tuple(
        DuplicateKey(
            key.span,
            key.text,
            f"the key `{key.text}` is written twice in the same mapping",
            "keep one of them: readers disagree about which one counts",
        )
        for key in stream.duplicates
    )
