"""Copy an image that passed its gate into a registry, and look there what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.images.local import LocalImages
from imagelint.collect.images.names import is_local
from imagelint.collect.images.parts import CheckedBlob, parts_of
from imagelint.collect.read import read_bytes
from imagelint.collect.registry.client import Client
from imagelint.collect.registry.layout import is_layout
from imagelint.collect.registry.push import PushedBlob, Pusher, Upload
from imagelint.collect.registry.resolve import named, resolve
from imagelint.core.environment import PushSettings
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.verdict import PushedImage, objections, parse_verdict
from imagelint.run.layers import in_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.images.parts import BlobPart, ImageParts
    from imagelint.core.reference import ImageReference
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.verdict import GateVerdict

_LATEST = "latest"


class PushRequest(NamedTuple):
    """Where an image goes and upon which verdict.

    `verdict` is the file that `gate --attest` wrote, `policies` the digests of what holds here,
    `mount_from` a repository of the destination's registry that may have blobs of it.
    """

    destination: str
    verdict: str
    policies: tuple[str, ...]
    deadline: Deadline
    settings: PushSettings = PushSettings()
    mount_from: str = ""
    tell: Callable[[str], None] = lambda _step: None


class PushResult(NamedTuple):
    """What came of it: why it was refused, what went wrong, and what was done.

    `digest` is what the destination answered with when it was asked afterwards; empty where it did
    not come to that. `statement` is the verdict's text.
    """

    refusals: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    several: bool = False
    statement: str = ""


def push_image(image: str, request: PushRequest) -> PushResult:
    """Push an image of a layout or an archive, where a verdict lets it pass.

    Raises:
        UsageError: that is no such image, the destination is none, or the verdict is none.
    """
    if not (is_local(image) or is_layout(image)):
        help_ = "push `oci:DIR`, `oci-archive:FILE`, `docker-archive:FILE` or `docker-daemon:NAME`"
        raise UsageError(Diagnostic(f"`{image}` lies in a registry already", help=help_))
    if is_layout(request.destination):
        said = f"`{request.destination}` is no registry"
        raise UsageError(Diagnostic(said, help="write `registry/repository:tag`"))
    destination = named(request.destination)
    request = request._replace(mount_from=_neighbour(request.mount_from, destination))
    if is_layout(image):
        return _pushed(resolve(image), image, destination, request)
    with LocalImages(image, request.deadline) as local:
        return _pushed(local.resolve(), image, destination, request)


def _neighbour(text: str, destination: ImageReference) -> str:
    """The repository to mount from: one of the destination's registry."""
    if not text:
        return ""
    found = named(text)
    if found.registry != destination.registry:
        said = f"`{text}` is in another registry than the destination"
        help_ = f"name a repository of {destination.registry}, or leave it out"
        raise UsageError(Diagnostic(said, help=help_))
    return found.repository


def _pushed(
    targets: tuple[ImageTarget, ...] | Problem,
    image: str,
    destination: ImageReference,
    request: PushRequest,
) -> PushResult:
    if isinstance(targets, Problem):
        return PushResult(problems=(targets,))
    first = targets[0].identity
    if destination.digest not in ("", first.digest):
        said = f"`{request.destination}` names another digest than that of the image"
        raise UsageError(Diagnostic(said, help=f"it has {first.digest}"))
    text, verdict = _statement(request.verdict)
    manifests = tuple(one.identity.manifest for one in targets)
    pushed = PushedImage(first.digest, manifests)
    now = environment.now()
    evidence = (("image", image), ("digest", first.digest), ("verdict", verdict.made))
    against = tuple(objections(verdict, pushed, request.policies, request.settings, now))
    if against:
        return PushResult(refusals=against, evidence=evidence)
    parts = parts_of(first.layout, first.digest, image)
    if isinstance(parts, Problem):
        return PushResult(problems=(parts,), evidence=evidence)
    copy = _Copy(first.layout, image, destination, request)
    result = copy.all(parts)
    several = first.digest not in manifests
    return result._replace(evidence=(*evidence, *result.evidence), several=several, statement=text)


def _statement(path: str) -> tuple[str, GateVerdict]:
    data = read_bytes(path, path)
    if isinstance(data, Problem):
        raise UsageError(Diagnostic(f"the verdict `{path}`: {data.detail}", help=data.help))
    text = data.decode("utf-8", "replace")
    verdict = parse_verdict(text)
    if isinstance(verdict, str):
        help_ = "write it with `imagelint gate IMAGE --attest FILE`"
        raise UsageError(Diagnostic(f"`{path}` {verdict}", help=help_))
    return text, verdict


class _Copy:
    """One image on its way."""

    def __init__(
        self, folder: str, origin: str, destination: ImageReference, request: PushRequest
    ) -> None:
        self._folder = folder
        self._origin = origin
        self._to = destination
        self._request = request
        self._pusher = Pusher(destination, request.destination, request.deadline)
        self._done: dict[Upload, list[int]] = {each: [] for each in Upload}

    def all(self, parts: ImageParts) -> PushResult:
        """Copy all parts, the top last, and ask for it."""
        for number, blob in enumerate(parts.blobs, 1):
            self._request.tell(f"pushing blob {number} of {len(parts.blobs)}")
            problem = self._blob(blob)
            if problem is not None:
                return self._failed(problem)
        *below, top = parts.manifests
        for part in below:
            problem = self._pusher.manifest(part.digest, part.media_type, part.data)
            if problem is not None:
                return self._failed(problem)
        client = Client(self._to, self._request.destination, self._request.deadline)
        name = "" if self._to.digest and not self._to.tag else self._to.tag or _LATEST
        before = client.digest(name) if name else ""
        put = self._pusher.tag if name else self._pusher.manifest
        problem = put(name or top.digest, top.media_type, top.data)
        self._request.tell("reading it back")
        there = client.manifest(name or top.digest)
        if isinstance(there, Problem):
            return self._failed(problem or there)
        if there.digest != top.digest:
            return self._failed(problem or self._other(there.digest))
        moved = isinstance(before, str) and before not in ("", top.digest)
        evidence = (*self._told(), *((("tag before", str(before)),) if moved else ()))
        place = f"{self._to.registry}/{self._to.repository}@{there.digest}"
        return PushResult(evidence=(*evidence, ("pushed", place)), digest=there.digest)

    def _blob(self, part: BlobPart) -> Problem | None:
        try:
            with CheckedBlob(self._folder, part, self._request.deadline) as blob:
                fault = blob.fault()
                if fault:
                    return self._unfit(part, fault)
                sent = self._pusher.blob(
                    PushedBlob(part.digest, part.size, blob.read), self._request.mount_from
                )
                if blob.changed:
                    return self._unfit(part, "was changed while it was pushed")
        except OSError as error:
            return self._unfit(part, f"cannot be read: {error.strerror or error}")
        if isinstance(sent, Problem):
            return sent
        self._done[sent].append(part.size)
        return None

    def _unfit(self, part: BlobPart, fault: str) -> Problem:
        detail = f"the blob {part.digest} {fault}"
        return Problem(ProblemKind.UNPARSABLE, self._origin, detail, "make the image again")

    def _other(self, digest: str) -> Problem:
        detail = f"the destination has {digest} now, not what was pushed: somebody else pushes"
        return Problem(ProblemKind.UNPARSABLE, self._request.destination, detail)

    def _failed(self, problem: Problem) -> PushResult:
        return PushResult(problems=(problem,), evidence=tuple(self._told()))

    def _told(self) -> list[tuple[str, str]]:
        return [
            (f"blobs {each.value}", f"{len(sizes)} ({in_bytes(sum(sizes))})")
            for each, sizes in self._done.items()
            if sizes
        ]
