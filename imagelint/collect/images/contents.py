"""Read the layers of an image, each once, as a stream, wherever they are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from imagelint.collect.registry.client import Client
from imagelint.collect.registry.transport import TransportError
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import JsonView, plain, read_json
from imagelint.documents.image.layers.history import history_of
from imagelint.documents.image.layers.listing import Recorder, parse_listing
from imagelint.documents.image.layers.reading import ImageReading
from imagelint.documents.image.layers.stream import ByteStream, StreamError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from imagelint.collect.deadline import Deadline
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.manifest import ImageLayer

_CHUNK = 1024 * 1024
_LONGEST_SECONDS = 3600.0


class InspectedImage(NamedTuple):
    """An image with what its layers hold, and why some could not be read."""

    target: ImageTarget
    problems: tuple[Problem, ...] = ()


class KeptLayers(Protocol):
    """What was read of layers before, in whichever images they were."""

    def alone(self, digest: str, seconds: float) -> AbstractContextManager[object]:
        """Nobody else reads that layer meanwhile, if that can be had within some seconds."""
        ...

    def listing(self, digest: str) -> bytes | None:
        """What was written down of a layer."""
        ...

    def keep(self, digest: str, listing: bytes) -> None:
        """Write down what was read of a layer."""
        ...


def inspect(
    target: ImageTarget,
    deadline: Deadline,
    tell: Callable[[str], None],
    kept: KeptLayers | None = None,
) -> InspectedImage:
    """Read all layers of an image, those that are kept without asking for them.

    A layer that cannot be read, or is not what it is called, is a problem; the others are read.
    """
    identity = target.identity
    blobs = _Files(target) if identity.layout else _Remote(target, deadline)
    config = blobs.config()
    history = history_of(config, len(identity.layers))
    reading = ImageReading(history, identity.reference)
    problems: list[Problem] = []
    for number, layer in enumerate(identity.layers, 1):
        tell(f"reading layer {number} of {len(identity.layers)}")
        why = _read(reading, layer, _Place(blobs, deadline, kept))
        if why is not None:
            detail = f"{identity.label}the layer {number} ({layer.digest}) {why.detail}"
            problems.append(Problem(why.kind, identity.reference, detail, why.help))
            reading.unread(layer, why.detail)
    nodes = tuple(reading.nodes())
    return InspectedImage(target.replaced(identity, nodes), tuple(problems))


class _Place(NamedTuple):
    """Where layers come from, until when, and what is kept of them."""

    blobs: _Files | _Remote
    deadline: Deadline
    kept: KeptLayers | None

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The pieces of a layer.

        Raises:
            TimeoutError: it takes too long.
        """
        if self.deadline.passed:
            raise TimeoutError
        for piece in self.blobs.pieces(digest):
            if self.deadline.passed:
                raise TimeoutError
            yield piece

    def read(self, reading: ImageReading, layer: ImageLayer) -> None:
        """Read a layer, or take it as it was read before."""
        algorithm = layer.digest.partition(":")[0]
        if not layer.indexed:
            reading.layer(ByteStream(self.pieces(layer.digest), algorithm), layer)
            return
        from imagelint.documents.image.layers.lazyindex import LazyIndex, claim_in

        claim = claim_in(dict(layer.indexed))
        stream = ByteStream(self.pieces(layer.digest), algorithm, claim.place)
        reading.layer(stream, layer, index=LazyIndex(claim))

    def once(self, reading: ImageReading, layer: ImageLayer, kept: KeptLayers) -> None:
        """Take a layer as it was read before; where it was not, read it and write it down."""
        with kept.alone(layer.digest, self.deadline.left(_LONGEST_SECONDS)):
            data = kept.listing(layer.digest)
            listing = None if data is None else parse_listing(data)
            if listing is not None:
                reading.listed(layer, listing)
                return
            recorder = Recorder()
            stream = ByteStream(self.pieces(layer.digest), layer.digest.partition(":")[0])
            reading.layer(stream, layer, recorder)
            written = recorder.written(stream.unpacked)
            if written is not None:
                kept.keep(layer.digest, written)


def _read(reading: ImageReading, layer: ImageLayer, place: _Place) -> Problem | None:
    """What was wrong with a layer."""
    deadline = place.deadline
    try:
        # What is kept of a layer does not tell of an index that only this image names.
        if place.kept is None or layer.indexed:
            place.read(reading, layer)
        else:
            place.once(reading, layer, place.kept)
    except StreamError as error:
        return Problem(ProblemKind.UNPARSABLE, "", str(error))
    except TimeoutError:
        return deadline.problem("", "was still being read")
    except TransportError as error:
        if deadline.passed:
            return deadline.problem("", "was still being read")
        detail = f"cannot be had: {plain(str(error))}"
        return Problem(ProblemKind.UNREACHABLE, "", detail, "try again later")
    except OSError as error:
        return Problem(ProblemKind.UNREADABLE, "", f"cannot be read: {error.strerror or error}")
    return None


class _Files:
    """The blobs of an image that lies in a folder."""

    def __init__(self, target: ImageTarget) -> None:
        identity = target.identity
        self._folder = identity.store or identity.layout
        self._config = identity.config

    def config(self) -> JsonView:
        """The configuration."""
        text = b"".join(self.pieces(self._config)).decode("utf-8", "replace")
        view = read_json(text)
        return JsonView(None) if isinstance(view, str) else view

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The pieces of a blob."""
        path = os.path.join(self._folder, "blobs", *digest.split(":"))
        with open(path, "rb", buffering=0) as file:
            while piece := file.read(_CHUNK):
                yield piece


class _Remote:
    """The blobs of an image in a registry."""

    def __init__(self, target: ImageTarget, deadline: Deadline) -> None:
        identity = target.identity
        reference = parse_reference(identity.reference)
        self._client = None if reference is None else Client(reference, "", deadline)
        self._config = identity.config

    def config(self) -> JsonView:
        """The configuration."""
        found = self._client.blob(self._config) if self._client else None
        if found is None or isinstance(found, Problem):
            return JsonView(None)
        view = read_json(found.data.decode("utf-8", "replace"))
        return JsonView(None) if isinstance(view, str) else view

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The pieces of a blob."""
        return self._client.layer(digest) if self._client else iter(())
