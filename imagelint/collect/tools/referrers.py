"""Fetch all that a registry holds in signatures of an image, to ask cosign about that.

When its look-up of signatures fails, cosign goes on without a word and ends with "no signatures
found", as for an image that nobody signed. So a "no" of cosign counts only about signatures that
were fetched here, where every answer of the registry was one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.registry.client import Client, Stored
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.manifest import INDEX, TAG_ANNOTATION, is_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.collect.deadline import Deadline
    from imagelint.documents.image.image import ImageIdentity

BUNDLE = "application/vnd.dev.sigstore.bundle"
_MOST_REFERRERS = 500
_MOST_LAYERS = 100


def fetch_signatures(
    image: ImageIdentity, folder: str, deadline: Deadline
) -> ImageIdentity | Problem:
    """The image as a layout in a folder: its manifest and all signatures that are with it.

    A problem when any of it could not be had.
    """
    reference = parse_reference(image.pinned)
    if reference is None:
        return Problem(ProblemKind.UNPARSABLE, image.reference, "is no reference to an image")
    fetching = _Fetching(Client(reference, image.reference, deadline), folder, image)
    problem = fetching.all()
    return problem or image._replace(layout=folder)


class _Fetching:
    """Writes what it fetches into a layout."""

    def __init__(self, client: Client, folder: str, image: ImageIdentity) -> None:
        self._client = client
        self._folder = folder
        self._image = image
        self._there: set[str] = set()

    def all(self) -> Problem | None:
        os.makedirs(os.path.join(self._folder, "blobs", "sha256"), exist_ok=True)
        self._index()
        for step in (self._target, self._referrers, self._former):
            problem = step()
            if problem is not None:
                return problem
        return None

    def _target(self) -> Problem | None:
        return self._kept(self._client.manifest(self._image.digest))

    def _referrers(self) -> Problem | None:
        """Open every one: what the list says about their types is often wrong."""
        listed = self._client.referrers(self._image.digest)
        if isinstance(listed, Problem):
            return listed
        if len(listed) > _MOST_REFERRERS:
            detail = f"more than {_MOST_REFERRERS} things refer to the image"
            return Problem(ProblemKind.TOO_LARGE, self._image.reference, detail)
        for entry in listed:
            if not is_digest(entry.digest):
                detail = f"the list of referrers names `{entry.digest}`, which is not a digest"
                return Problem(ProblemKind.UNPARSABLE, self._image.reference, detail)
            found = self._client.manifest(entry.digest)
            problem = (
                _missing(found, entry.digest)
                if isinstance(found, Problem)
                else self._signature(found, BUNDLE)
            )
            if problem is not None:
                return problem
        return None

    def _former(self) -> Problem | None:
        """The signatures in the former format lie under a tag."""
        tag = f"{self._image.digest.replace(':', '-')}.sig"
        found = self._client.manifest(tag)
        if isinstance(found, Problem):
            return None if found.kind is ProblemKind.NOT_FOUND else found
        entry = {"mediaType": "", "digest": found.digest, "annotations": {TAG_ANNOTATION: tag}}
        self._index(entry)
        return self._signature(found, "")

    def _signature(self, manifest: Stored, kind: str) -> Problem | None:
        """Keep a manifest with all its blobs, if any of them is of a kind."""
        view = read_json(manifest.data.decode("utf-8", "replace"))
        if isinstance(view, str):
            detail = f"the manifest {manifest.digest} of a referrer {view}"
            return Problem(ProblemKind.UNPARSABLE, self._image.reference, detail)
        layers = list(view["layers"].items())[:_MOST_LAYERS]
        if not any(layer["mediaType"].text.startswith(kind) for layer in layers):
            return None
        self._kept(manifest)
        for digest in dict.fromkeys(_digests(view, layers)):
            if digest not in self._there:
                problem = self._kept(self._client.blob(digest))
                if problem is not None:
                    return problem
        return None

    def _kept(self, stored: Stored | Problem) -> Problem | None:
        if isinstance(stored, Problem):
            return stored
        path = os.path.join(self._folder, "blobs", *stored.digest.split(":"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(stored.data)
        self._there.add(stored.digest)
        return None

    def _index(self, *entries: Mapping[str, object]) -> None:
        import json

        text = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
        with open(os.path.join(self._folder, "index.json"), "w", encoding="utf-8") as file:
            file.write(text)


def _missing(problem: Problem, digest: str) -> Problem:
    """The problem that something which refers to the image cannot be had."""
    if problem.kind is not ProblemKind.NOT_FOUND:
        return problem
    detail = f"the registry lists {digest} with the image, and does not have it"
    return problem._replace(detail=detail, help="")


def _digests(manifest: JsonView, layers: list[JsonView]) -> Iterator[str]:
    for view in (manifest["config"], *layers):
        digest = view["digest"].text
        if is_digest(digest):
            yield digest
