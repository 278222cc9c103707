"""The file that makes a folder a chart: `Chart.yaml`.

https://helm.sh/docs/topics/charts/#the-chartyaml-file
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Document
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream

if TYPE_CHECKING:
    from imagelint.core.source import Source


class Chart(Document):
    """A chart by its name; a `library` has templates for others, and makes nothing itself."""

    kind = "chart"
    __slots__ = ("library", "name")

    def __init__(self, source: Source) -> None:
        stream = read_stream(source, "chart")
        super().__init__(source, complaints=duplicate_complaints(stream))
        body = Cursor(stream.documents[0] if stream.documents else None)
        self.name = body["name"].word()
        self.library = body["type"].word() == "library"


def parse_chart(source: Source) -> Chart:
    """Read a `Chart.yaml`.

    Raises:
        DocumentError: it is not YAML, nested too deeply or too large.
    """
    return Chart(source)
