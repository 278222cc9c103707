"""What the tags of registries lead to now, each asked once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER
from imagelint.collect.registry.client import Client
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.manifest import read_manifest

if TYPE_CHECKING:
    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.client import Stored
    from imagelint.core.reference import ImageReference


class RegistryDigests:
    """Digests and tags, with the credentials that docker has. No image is read.

    The digest of an image for several platforms is that of its index.
    """

    def __init__(self, deadline: Deadline = NEVER) -> None:
        self._deadline = deadline
        self._clients: dict[str, Client] = {}
        self._digests: dict[str, str | Problem] = {}
        self._tags: dict[str, tuple[str, ...] | Problem] = {}

    def digest(self, reference: ImageReference) -> str | Problem:
        """The digest of the manifest or index that a tag leads to; a page of a portal has none."""
        key = f"{reference.name}:{reference.tag}"
        if key not in self._digests:
            found = self._client(reference).manifest(reference.tag or "latest")
            self._digests[key] = found if isinstance(found, Problem) else _digest(found, reference)
        return self._digests[key]

    def tags(self, reference: ImageReference) -> tuple[str, ...] | Problem:
        """All tags of a repository."""
        if reference.name not in self._tags:
            self._tags[reference.name] = self._client(reference).tags()
        return self._tags[reference.name]

    def _client(self, reference: ImageReference) -> Client:
        if reference.name not in self._clients:
            client = Client(reference, reference.familiar, self._deadline)
            self._clients[reference.name] = client
        return self._clients[reference.name]


def _digest(found: Stored, reference: ImageReference) -> str | Problem:
    view = read_manifest(found.data)
    if not isinstance(view, str):
        return found.digest
    detail = f"what the registry gives for it {view}"
    return Problem(ProblemKind.UNPARSABLE, reference.familiar, detail)
