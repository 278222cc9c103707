"""What the tags of registries lead to now, each asked once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER
from imagelint.collect.registry.client import Client
from imagelint.core.report import Problem

if TYPE_CHECKING:
    from imagelint.collect.deadline import Deadline
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
        """The digest of what a tag leads to."""
        key = f"{reference.name}:{reference.tag}"
        if key not in self._digests:
            found = self._client(reference).manifest(reference.tag or "latest")
            self._digests[key] = found if isinstance(found, Problem) else found.digest
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
