"""Look at one image: what the store knows is not asked again, what is new is kept."""

from __future__ import annotations

import threading
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from imagelint.collect.registry.access import schemes_of
from imagelint.collect.registry.client import Client, Stored
from imagelint.collect.registry.images import find_images
from imagelint.collect.registry.layout import FolderBlobs
from imagelint.core.record import NamedTuple
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.layers.nodes import HistoryStep
from imagelint.documents.image.manifest import (
    INDEX,
    descriptors,
    is_digest,
    is_image,
    read_manifest,
)
from imagelint.store.records import Fact, Image, Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.audit.lookup import Known
    from imagelint.audit.targets import Target
    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.images import FoundImage
    from imagelint.collect.registry.transport import Question, Response
    from imagelint.core.reference import ImageReference
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.jsonview import JsonView

_LONGEST_COMMAND, _LONGEST_TIME = 300, 40
_MOST_CLIENTS = 2048
_MOST_ENTRIES = 64
_BASE = "org.opencontainers.image.base"


class Looked(NamedTuple):
    """What an image is: itself for each platform, and what is to be kept of it.

    `artifact` is true for what is no image, but a chart, a model or a signature.
    """

    digest: str
    targets: tuple[ImageTarget, ...] = ()
    images: tuple[Image, ...] = ()
    facts: tuple[Fact, ...] = ()
    artifact: bool = False


class Registries:
    """Clients of repositories, with their tokens, for as long as they are used.

    `stop` cuts off what is being asked.
    """

    def __init__(
        self,
        ask: Callable[[Question], Response],
        deadline: Deadline,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        self.ask = ask
        self.stop = stop
        self._deadline = deadline
        self._clients: dict[str, Client] = {}
        self._schemes: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def client(self, reference: ImageReference) -> Client:
        """The client of a repository."""
        with self._lock:
            found = self._clients.get(reference.name)
            if found is None:
                registry = reference.registry
                schemes = self._schemes.setdefault(registry, schemes_of(registry))
                found = Client(reference, reference.familiar, self._deadline, self.ask, schemes)
                if len(self._clients) >= _MOST_CLIENTS:
                    self._clients.pop(next(iter(self._clients)))
                self._clients[reference.name] = found
            return found


class Asked(Protocol):
    """Who is asked for manifests and small blobs."""

    def manifest(self, name: str) -> Stored | Problem:
        """The manifest of a digest."""
        ...

    def blob(self, digest: str) -> Stored | Problem:
        """The small blob of a digest."""
        ...


class LayoutFolder:
    """An OCI layout in a registry's place."""

    def __init__(self, folder: str, origin: str) -> None:
        self._blobs = FolderBlobs(folder, origin)

    def manifest(self, name: str) -> Stored | Problem:
        """The manifest of a digest."""
        return self.blob(name)

    def blob(self, digest: str) -> Stored | Problem:
        """The small blob of a digest."""
        data = self._blobs.blob(digest)
        return data if isinstance(data, Problem) else Stored(digest, data)


class StoredBlobs:
    """Manifests and configurations: those that are known, and else from the registry, once.

    `client` is None where nothing may be asked; `kept` is what is known without asking the store.
    """

    def __init__(
        self,
        client: Asked | None,
        known: Known,
        origin: str,
        kept: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        self._client = client
        self._known = known
        self._origin = origin
        self._kept = kept
        self.read: dict[str, bytes] = {}
        self.facts: list[Fact] = []

    def remember(self, digest: str, data: bytes) -> None:
        """Take a manifest that was read under its tag."""
        self._keep(digest, "manifest", data)

    def manifest(self, digest: str) -> bytes | Problem:
        """The manifest or index of that digest."""
        return self._found(digest, "manifest")

    def blob(self, digest: str) -> bytes | Problem:
        """The configuration of that digest."""
        return self._found(digest, "config")

    def _found(self, digest: str, kind: str) -> bytes | Problem:
        if digest in self.read:
            return self.read[digest]
        kept = self._kept.get(digest) or self._known.fact(digest, kind)
        if kept is not None:
            self.read[digest] = kept
            return kept
        if self._client is None:
            return unknown(digest, kind, self._origin)
        client = self._client
        found = client.manifest(digest) if kind == "manifest" else client.blob(digest)
        if isinstance(found, Problem):
            return _missing(found, digest, kind)
        self._keep(digest, kind, found.data)
        return found.data

    def _keep(self, digest: str, kind: str, data: bytes) -> None:
        self.read[digest] = data
        self.facts.append(Fact(digest, kind, data))


def _missing(problem: Problem, digest: str, kind: str) -> Problem:
    """A problem with a part of an image: where that is gone, the image may well be there."""
    if problem.kind is not ProblemKind.NOT_FOUND:
        return problem
    detail = f"the registry has no {kind} {digest} (404), though something leads to it"
    return problem._replace(detail=detail, help="push the image again")


def unknown(digest: str, kind: str, origin: str) -> Problem:
    """The problem that something is not among what is kept, and nothing may be asked."""
    detail = f"its {kind} ({digest}) is not kept in the store"
    return Problem(ProblemKind.NOT_FOUND, origin, detail, help="audit it without `--kept`")


def look(
    target: Target, digest: str, blobs: StoredBlobs, platforms: tuple[str, ...]
) -> Looked | Problem:
    """The image of a digest, for some platforms or for all that there are."""
    data = blobs.manifest(digest)
    if isinstance(data, Problem):
        return data
    top = read_manifest(data)
    view = None if isinstance(top, str) else top
    if view is not None and _is_artifact(view, blobs):
        made = Image(digest, "artifact", view["mediaType"].text)
        return Looked(digest, images=(made,), facts=tuple(blobs.facts), artifact=True)
    pinned = f"{target.repository}@{digest}"
    identity = ImageIdentity(pinned, digest, target.repository, target.folder)
    found: dict[str, FoundImage] = {}
    for platform in platforms or ("",):
        some = find_images(blobs, identity, platform, view)
        if isinstance(some, Problem):
            return some
        found |= {one.target.identity.manifest: one for one in some}
    several = len(found) > 1
    targets: list[ImageTarget] = []
    images: list[Image] = []
    for each in found.values():
        own = each.target.identity._replace(several=several)
        targets.append(each.target.replaced(own, each.told))
        images.append(_image(own, each))
    if view is not None and view["manifests"].is_array:
        images.append(_index(digest, view["mediaType"].text or INDEX, targets))
    return Looked(digest, tuple(targets), tuple(images), tuple(blobs.facts))


def _is_artifact(view: JsonView, blobs: StoredBlobs) -> bool:
    """Whether nothing of it is an image: an index may call what engines run something else."""
    if not view["manifests"].is_array:
        return not is_image(view)
    entries = descriptors(view)
    return 0 < len(entries) <= _MOST_ENTRIES and all(
        entry.artifact and not entry.platform and _leads_to_artifact(entry.digest, blobs)
        for entry in entries
    )


def _leads_to_artifact(digest: str, blobs: StoredBlobs) -> bool:
    data = blobs.manifest(digest) if is_digest(digest) else b""
    view = "" if isinstance(data, Problem) else read_manifest(data)
    return not isinstance(view, str) and not view["manifests"].is_array and not is_image(view)


def _image(identity: ImageIdentity, found: FoundImage) -> Image:
    made = {
        step.layer: (redact(step.command)[:_LONGEST_COMMAND], step.created[:_LONGEST_TIME])
        for step in found.told
        if isinstance(step, HistoryStep) and step.layer
    }
    labels = found.config["config"]["Labels"]
    return Image(
        digest=identity.manifest,
        media_type=found.manifest["mediaType"].text,
        platform=identity.platform,
        config=identity.config,
        layers=tuple(
            Layer(layer.digest, layer.diff_id, layer.size, *made.get(number, ()))
            for number, layer in enumerate(identity.layers, 1)
        ),
        created=found.config["created"].text,
        base_name=labels[f"{_BASE}.name"].text,
        base_digest=labels[f"{_BASE}.digest"].text,
    )


def _index(digest: str, media: str, targets: list[ImageTarget]) -> Image:
    members = ((one.identity.manifest, one.identity.platform) for one in targets)
    return Image(digest, "index", media, members=tuple(members))
