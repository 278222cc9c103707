"""What LiteLLM's proxy is told by its file: which models there are, where, and with which keys.

BerriAI/litellm:docs/my-website/docs/proxy/configs.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Document
from imagelint.documents.proxies.recognition import LITELLM_FILE
from imagelint.documents.shared import Holder
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream, replaced_secrets
from imagelint.documents.yaml.settings import chart_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Node


class LitellmFile(Document):
    """A file of LiteLLM's proxy: every scalar under its key."""

    kind = LITELLM_FILE
    __slots__ = ("roots",)

    def __init__(self, source: Source) -> None:
        stream = read_stream(source, self.kind)
        super().__init__(
            source,
            complaints=duplicate_complaints(stream),
            allowances=comment_allowances(source, stream.documents),
        )
        self.roots = tuple(map(Cursor, stream.documents))

    def nodes(self) -> Iterator[Node]:
        """Each setting, in order."""
        yield from chart_settings(self.roots, Holder.GATEWAY)

    def concealed(self) -> Iterator[Span]:
        """Also the secrets that are written over."""
        yield from super().concealed()
        yield from replaced_secrets(self)


def read_litellm_file(source: Source) -> LitellmFile:
    """Read a file of LiteLLM's proxy.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return LitellmFile(source)
