"""Look at one image: what the store knows is not asked again, what is new is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from imagelint.collect.registry.client import Client, Stored, schemes_of
from imagelint.collect.registry.images import images_of
from imagelint.collect.registry.layout import FolderBlobs
from imagelint.core.record import NamedTuple
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.layers.history import history_of
from imagelint.documents.image.layers.nodes import HistoryStep
from imagelint.documents.image.manifest import INDEX, is_image, read_manifest
from imagelint.store.records import Fact, Image, Layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.audit.known import Known
    from imagelint.audit.targets import Target
    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.transport import Question, Response
    from imagelint.core.reference import ImageReference
    from imagelint.documents.image.image import ImageTarget

_LONGEST_COMMAND = 300
_MOST_CLIENTS = 2048
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
    """Clients of repositories, with their tokens, for as long as they are used."""

    def __init__(self, ask: Callable[[Question], Response], deadline: Deadline) -> None:
        self.ask = ask
        self._deadline = deadline
        self._clients: dict[str, Client] = {}
        self._schemes: dict[str, list[str]] = {}

    def client(self, reference: ImageReference) -> Client:
        """The client of a repository."""
        found = self._clients.get(reference.name)
        if found is None:
            registry = reference.registry
            schemes = self._schemes.setdefault(registry, schemes_of(registry))
            found = Client(reference, reference.familiar, self._deadline, self.ask, schemes)
            if len(self._clients) >= _MOST_CLIENTS:
                self._clients.pop(next(iter(self._clients)), None)
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


class KeptBlobs:
    """Manifests and configurations: those that are known, and else from the registry, once.

    `client` is None where nothing may be asked.
    """

    def __init__(self, client: Asked | None, known: Known, origin: str) -> None:
        self._client = client
        self._known = known
        self._origin = origin
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
        kept = self._known.fact(digest, kind)
        if kept is not None:
            self.read[digest] = kept
            return kept
        if self._client is None:
            return unknown(digest, kind, self._origin)
        client = self._client
        found = client.manifest(digest) if kind == "manifest" else client.blob(digest)
        if isinstance(found, Problem):
            return found
        self._keep(digest, kind, found.data)
        return found.data

    def _keep(self, digest: str, kind: str, data: bytes) -> None:
        self.read[digest] = data
        self.facts.append(Fact(digest, kind, data))


def unknown(digest: str, kind: str, origin: str) -> Problem:
    """The problem that something is not among what is kept, and nothing may be asked."""
    detail = f"its {kind} ({digest}) is not kept in the store"
    return Problem(ProblemKind.NOT_FOUND, origin, detail, help="audit it without `--kept`")


def look(
    target: Target, digest: str, blobs: KeptBlobs, platforms: tuple[str, ...]
) -> Looked | Problem:
    """The image of a digest, for some platforms or for all that there are."""
    data = blobs.manifest(digest)
    if isinstance(data, Problem):
        return data
    view = read_manifest(data)
    if not isinstance(view, str) and _is_artifact(view):
        made = Image(digest, "artifact", view["mediaType"].text)
        return Looked(digest, images=(made,), facts=tuple(blobs.facts), artifact=True)
    pinned = f"{target.repository}@{digest}"
    identity = ImageIdentity(pinned, digest, target.repository, target.folder)
    found: dict[str, ImageTarget] = {}
    for platform in platforms or ("",):
        some = images_of(blobs, identity, platform)
        if isinstance(some, Problem):
            return some
        found |= {one.identity.manifest: one for one in some}
    several = len(found) > 1
    targets: list[ImageTarget] = []
    images: list[Image] = []
    for each in found.values():
        config = JsonView(json.loads(blobs.read[each.identity.config]))
        steps = history_of(config, len(each.identity.layers))
        own = each.identity._replace(several=several)
        targets.append(each.replaced(own, steps))
        images.append(_image(each, config, steps, blobs))
    if not isinstance(view, str) and view["manifests"].is_array:
        images.append(_index(digest, view["mediaType"].text or INDEX, targets))
    return Looked(digest, tuple(targets), tuple(images), tuple(blobs.facts))


def _is_artifact(view: JsonView) -> bool:
    if not view["manifests"].is_array:
        return not is_image(view)
    entries = list(view["manifests"].items())
    return bool(entries) and all(bool(entry["artifactType"]) for entry in entries)


def _image(
    target: ImageTarget, config: JsonView, steps: tuple[object, ...], blobs: KeptBlobs
) -> Image:
    identity = target.identity
    commands = {
        step.layer: redact(step.command)[:_LONGEST_COMMAND]
        for step in steps
        if isinstance(step, HistoryStep) and step.layer
    }
    view = read_manifest(blobs.read[identity.manifest])
    media = "" if isinstance(view, str) else view["mediaType"].text
    labels = config["config"]["Labels"]
    return Image(
        digest=identity.manifest,
        media_type=media,
        platform=identity.platform,
        config=identity.config,
        layers=tuple(
            Layer(layer.digest, layer.diff_id, layer.size, commands.get(number, ""))
            for number, layer in enumerate(identity.layers, 1)
        ),
        created=config["created"].text,
        base_name=labels[f"{_BASE}.name"].text,
        base_digest=labels[f"{_BASE}.digest"].text,
    )


def _index(digest: str, media: str, targets: list[ImageTarget]) -> Image:
    members = ((one.identity.manifest, one.identity.platform) for one in targets)
    return Image(digest, "index", media, members=tuple(members))
