"""A JSON patch in a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Document
from imagelint.documents.kubernetes.kustomize.patched import operated_pods
from imagelint.documents.kubernetes.kustomize.reader import read_operations
from imagelint.documents.kubernetes.manifest import pod_nodes
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Allowance, Complaint, Node
    from imagelint.documents.kubernetes.kustomize.model import Operation


class JsonPatch(Document):
    """The operations of a JSON patch (RFC 6902), and the pods of which they say something."""

    kind = "json-patch"
    __slots__ = ("operations",)

    def __init__(
        self,
        source: Source,
        operations: tuple[Operation, ...],
        complaints: tuple[Complaint, ...],
        allowances: tuple[Allowance, ...],
    ) -> None:
        super().__init__(source, complaints=complaints, allowances=allowances)
        self.operations = operations

    def nodes(self) -> Iterator[Node]:
        """What stands in the pods."""
        for pod in operated_pods(self.operations):
            yield from pod_nodes(pod)

    def settle(self) -> JsonPatch:
        """The text alone, whose operations are judged in what comes of them."""
        return JsonPatch(self.source, (), self.complaints, ())


def parse_json_patch(source: Source) -> JsonPatch:
    """Read a JSON patch, be it written as JSON or as YAML.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    stream = read_stream(source, "json-patch")
    operations = (one for node in stream.documents for one in read_operations(Cursor(node)))
    return JsonPatch(
        source,
        tuple(operations),
        duplicate_complaints(stream),
        tuple(comment_allowances(source, stream.documents)),
    )
