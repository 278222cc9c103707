"""Pin the images that files name to digests: those of a lock file, else of their registries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagelint.collect.files import find
from imagelint.collect.git import list_files
from imagelint.core.edits import apply_edits
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.image.lockfile import lock_key
from imagelint.documents.image.tags import newest_alike
from imagelint.engine.pins import PinPlace, pin_places
from imagelint.run.exclusions import Exclusions
from imagelint.run.reading.index import FileIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.core.finding import Edit
    from imagelint.core.reference import ImageReference
    from imagelint.run.session import Session


class Digests(Protocol):
    """What tells digests and tags."""

    def digest(self, reference: ImageReference) -> str | Problem:
        """The digest of what a tag leads to."""
        ...

    def tags(self, reference: ImageReference) -> tuple[str, ...] | Problem:
        """All tags of a repository."""
        ...


class Pin(NamedTuple):
    """A place, and the tag and digest that it gets."""

    place: PinPlace
    tag: str
    digest: str


class PinResult(NamedTuple):
    """What is to be pinned, what cannot be, the digests of everything, and what went wrong."""

    pins: tuple[Pin, ...]
    left: tuple[PinPlace, ...]
    digests: Mapping[str, str]
    problems: tuple[Problem, ...]


class FoundPlaces(NamedTuple):
    """Places that name images, what could not be read, and in how many documents they lie.

    A policy is none of these.
    """

    places: list[PinPlace]
    problems: list[Problem]
    documents: int


def places_in(session: Session, paths: Iterable[str]) -> FoundPlaces:
    """All places below some paths that name images, and what could not be read.

    Raises:
        PolicyError: the policy of one of them is wrong.
    """
    exclusions = Exclusions(session.policies, session.exclude)
    listing = find(paths, exclusions.leave_out, list_files)
    index = FileIndex({found.origin: found for found in listing.files}, hashed=False)
    places: list[PinPlace] = []
    problems = list(listing.problems)
    documents = 0
    for found in listing.files:
        problems += index.content(found).text.problems
        document = index.document(found)
        if isinstance(document, Report):
            problems += document.problems
        elif document is not None:
            documents += document.kind != "policy"
            places += pin_places(document)
        index.forget_text(found.origin)
    return FoundPlaces(places, problems, documents)


class Pinning(NamedTuple):
    """How to pin. `lock` are the digests that are known, `digests` tells the others.

    With `update` nothing that is known holds: the newest tag of the same line is taken. With
    `known` nobody is asked: where a digest is not known, the pin has none; what certainly has no
    digest is told then, also where it cannot be written.
    """

    lock: Mapping[str, str]
    digests: Digests
    update: bool = False
    known: bool = False

    def plan(self, places: Iterable[PinPlace]) -> PinResult:
        """What to pin."""
        pins: list[Pin] = []
        left: list[PinPlace] = []
        problems: dict[str, Problem] = {}
        found: dict[str, str] = {}
        for place in places:
            reference = place.reference
            if reference is None or place.why:
                left.append(place)
                if self.known and reference is not None and not reference.digest:
                    pins.append(Pin(place, reference.tag, ""))
                continue
            wanted = self._wanted(reference)
            if isinstance(wanted, Problem):
                problems[lock_key(reference)] = wanted
                continue
            tag, digest = wanted
            if digest and (tag or not reference.digest):
                found[lock_key(reference._replace(tag=tag))] = digest
            if not reference.digest or (tag, digest) != (reference.tag, reference.digest):
                pins.append(Pin(place, tag, digest))
        return PinResult(tuple(pins), tuple(left), found, tuple(problems.values()))

    def _wanted(self, reference: ImageReference) -> tuple[str, str] | Problem:
        """The tag and the digest that an image is to have."""
        tag = reference.tag
        if reference.digest and not (tag and self.update):
            return tag, reference.digest
        if self.update and tag:
            tags = self.digests.tags(reference)
            if isinstance(tags, Problem):
                return tags
            tag = newest_alike(tag, tags)
        held = "" if self.update else self.lock.get(lock_key(reference), "")
        if held or self.known:
            return tag, held
        digest = self.digests.digest(reference._replace(tag=tag, digest=""))
        return digest if isinstance(digest, Problem) else (tag, digest)


def edited(
    pins: Iterable[Pin], read: Callable[[str], str | Problem]
) -> Iterator[tuple[str, str, str] | Problem]:
    """For each file its origin and its text before and after, or why it is left alone."""
    by_origin: dict[str, list[Pin]] = {}
    for pin in pins:
        by_origin.setdefault(pin.place.origin, []).append(pin)
    for origin, those in by_origin.items():
        text = read(origin)
        if isinstance(text, Problem):
            yield text
            continue
        edits: list[Edit] = []
        for place, tag, digest in those:
            found = place.edits(text, tag, digest)
            if not found:
                yield _no_room(place)
            edits.extend(found)
        yield origin, text, apply_edits(text, edits)


def _no_room(place: PinPlace) -> Problem:
    detail = f"line {place.position.line}: the digest of {place.reference} finds no place here"
    help_ = "write `digest:` on a line of its own beside the tag"
    return Problem(ProblemKind.UNPARSABLE, place.origin, detail, help_)
